import { constantsOf } from "../constants/constantsOf.js";
import type { GraphBuilder } from "../emit/GraphBuilder.js";
import { intAttribute, intsAttribute } from "../model/attribute.js";
import type { OnnxModel } from "../model/OnnxModel.js";
import type { Dim } from "../model/valueInfo.js";
import type { EmitSiteOptions } from "../noise/emitSite.js";
import { productOf } from "../shapes/dims.js";
import type { Site } from "../sites/site.js";
import { scanCounter } from "./scanCounter.js";
import { shapesOf } from "./shapesOf.js";
import { type ScopedGraph, scopedGraph } from "./walkGraphs.js";

export interface IterationOptions extends Pick<Site, "site" | "noise"> {
  /** Who asks, for messages. */
  readonly owner: string;
  readonly scope: readonly string[];
}

/**
 * Which iteration of the loops around it a site is in; nothing where there are none. Loops in one
 * another count as one that runs through all: the index is computed by nodes of the builder. A `Scan`
 * is given a counter, in place.
 * @throws {Error} If a count is not known that the noise depends on.
 */
export function iterationOf(
  model: OnnxModel,
  builder: GraphBuilder,
  options: IterationOptions,
): Pick<EmitSiteOptions, "iteration"> {
  const loops = loopsAround(model, scopedGraph(model.graph, options.scope));
  if (loops.length === 0) return {};
  const counts = loops.map(({ name, count }, depth): Dim => {
    const isEnough = typeof count === "number" || (count !== undefined && depth === 0);
    if (isEnough) return count;
    if (depth === 0 && options.noise === "graph") return `${name}.iterations`;
    throw new Error(
      `${options.owner}: site ${options.site} must be in a loop whose iterations are counted before it runs, got ${name}${depth === 0 ? '; noise "graph" does without' : " in another"}`,
    );
  });
  const index = loops.map(({ scope, isScan, index }) =>
    isScan ? scanCounter(model, builder, scope) : index,
  );
  return {
    iteration: {
      index: index.reduce((around, inner, depth) =>
        builder.op("Add", [
          builder.op("Mul", [around, builder.scalar("int64", Number(counts[depth]))]),
          inner,
        ]),
      ),
      count: productOf(counts) ?? `${loops[0].name}.iterations`,
    },
  };
}

interface LoopAround {
  readonly name: string;
  readonly scope: readonly string[];
  readonly isScan: boolean;
  /** Of a Loop: the tensor with the iteration. */
  readonly index: string;
  readonly count: Dim | undefined;
}

/** The loops that a graph is in, from the outside in. */
function loopsAround(model: OnnxModel, { graph, scope, holder }: ScopedGraph): LoopAround[] {
  if (holder === undefined) return [];
  const { node, outer } = holder;
  const around = loopsAround(model, outer);
  const isScan = node.opType === "Scan";
  if (!isScan && node.opType !== "Loop") return around;
  const count = isScan ? scanCount(model, holder) : tripCount(model, holder);
  const name = `${node.opType} ${scope.join("/")}`;
  return [...around, { name, scope, isScan, index: graph.input[0]?.name ?? "", count }];
}

type Holder = NonNullable<ScopedGraph["holder"]>;

function tripCount(model: OnnxModel, { node, outer }: Holder): number | undefined {
  const [count] = constantsOf(model).elements(outer.graph, node.input[0]) ?? [];
  // A loop that only its condition ends has the largest int64 for a limit.
  return count !== undefined && count < 2 ** 31 ? count : undefined;
}

function scanCount(model: OnnxModel, { node, outer }: Holder): Dim | undefined {
  const first = node.input.length - intAttribute(node, "num_scan_inputs", 1);
  const axis = intsAttribute(node, "scan_input_axes")?.[0] ?? 0;
  return shapesOf(model)(outer.scope).get(node.input[first])?.dims.at(axis);
}
