import {
  copyMessage,
  type NodeProto,
  nodeLabel,
  readsOf,
  valueInfoOf,
} from "@dropoutkit/onnx/graph";
import { type GradientContext, type GradientRule, serving } from "./GradientRule.js";
import { type BodyWay, bodyWay } from "./scan/bodyWay.js";
import { infosBehind } from "./scan/infosBehind.js";
import { keepInLoop } from "./scan/keepInLoop.js";
import { keptTensors } from "./scan/keptTensors.js";
import { type LoopBack, loopBack } from "./scan/loopBack.js";
import { loopBody, untyped } from "./scan/loopBody.js";
import { placeNodes } from "./scan/placeNodes.js";
import { backwards, type ScanNode, type Sequence, scanNode } from "./scan/ScanNode.js";
import { stackedGradient } from "./scan/stackedProducts.js";

/**
 * A loop over sequences. Its gradient is a loop in the opposite direction, which carries the gradients by
 * the states and adds up those by tensors around it. The forward loop keeps what the way back through an
 * iteration reads.
 */
export const Scan: GradientRule = serving("all", (context) => {
  const { node, opset, graphs } = context;
  // The first version had a batch of loops.
  if (opset < 9) {
    throw new Error(
      `gradient: ${nodeLabel(node)} must be of opset 9 or later, got a Scan of a batch`,
    );
  }
  const scan = scanNode(node);
  const way = bodyWay(context, scan);
  const loop = loopBack(context, scan, way);
  const { kept, ends } = emitLoops(context, { scan, way, loop });
  loop.states.forEach(({ tensor }, i) => {
    graphs.add(tensor, ends[i]);
  });
  for (const product of loop.products) {
    const xs = product.xs ?? kept.find(({ slice }) => slice === product.x);
    const sequences = { xs: xs?.whole ?? "", dys: product.gradients.whole };
    graphs.add(product.weight, stackedGradient(context, product, sequences));
  }
  return [...scan.states.map(() => undefined), ...loop.inputs.map((input) => input?.whole)];
});

interface Loops {
  readonly scan: ScanNode;
  readonly way: BodyWay;
  readonly loop: LoopBack;
}

/** Writes the loop back, and makes the forward loop keep what it reads; returns that, and the states at its end. */
function emitLoops(
  context: GradientContext,
  { scan, way, loop }: Loops,
): { readonly kept: readonly Sequence[]; readonly ends: readonly string[] } {
  const { builder } = context;
  const products = loop.products.map(({ gradients }) => gradients);
  const outputs = [...new Set([...loop.inputs.flatMap((input) => input ?? []), ...products])];
  const values = [
    ...loop.states.map(({ after, info }) => valueInfoOf(after, info)),
    ...outputs.map(({ slice, info }) => valueInfoOf(slice, info)),
  ];
  const ends = values.map(({ name }) => name);
  const { kept, read, nodes } = keptFor(context, { scan, way, loop, ends });
  const sequences = [...loop.given, ...read];
  // A loop has as many iterations as a sequence is long, and so needs one.
  const inputs = sequences.length > 0 ? sequences : scan.inputs.slice(0, 1).map(backwards);
  const results = builder.ops(
    "Scan",
    [...loop.states.map(({ start }) => start), ...inputs.map(({ whole }) => whole)],
    {
      outputs: [
        ...loop.states.map(({ tensor }) => builder.uniqueName(`${tensor}.grad`)),
        ...outputs.map(({ whole }) => whole),
      ],
      attributes: {
        body: loopBody(way.inner, scan.body, {
          nodes,
          inputs: [
            ...loop.states.map(({ before }) => before),
            ...inputs.map(({ slice }) => slice),
          ].map(untyped),
          outputs: values,
        }),
        num_scan_inputs: inputs.length,
        scan_input_axes: inputs.map(({ axis }) => axis),
        scan_input_directions: inputs.map(({ direction }) => direction),
        scan_output_axes: outputs.map(({ axis }) => axis),
        scan_output_directions: outputs.map(({ direction }) => direction),
      },
    },
  );
  return { kept, ends: results };
}

interface KeptFor {
  /** What the forward loop keeps. */
  readonly kept: readonly Sequence[];
  /** What the loop back reads of that, and of the sequences that there are anyway. */
  readonly read: readonly Sequence[];
  readonly nodes: readonly NodeProto[];
}

/** Shares the nodes of the way back out, and makes the forward loop keep what the loop back reads. */
function keptFor(
  context: GradientContext,
  { scan, way, loop, ends }: Loops & { readonly ends: readonly string[] },
): KeptFor {
  const { body, known } = scan;
  const inputs = body.input.map(({ name }) => name);
  const { back, either } = placeNodes(context.builder, way.inner.nodes, {
    gradients: [...way.given.values(), ...loop.states.map(({ before }) => before)],
    own: [
      ...inputs,
      ...body.initializer.map(({ name }) => name),
      ...way.nodes.flatMap(({ output }) => output),
    ],
  });
  const factors = loop.products.flatMap(({ x, xs }) => (xs === undefined ? [x] : []));
  const { opset, builder } = context;
  const { scope } = way;
  // Nodes that were made to write more, and those that came after them.
  const added = [...way.nodes.filter((node) => !body.node.includes(node)), ...either];
  const infos = infosBehind(added, { opset, constants: builder.initializers, info: scope.known });
  const { tensors, again } = keptTensors({
    ...{ nodes: way.nodes, behind: either, inputs },
    free: new Set([...known.map(({ slice }) => slice), ...factors]),
    needed: [...back.flatMap(readsOf), ...ends],
    info: (tensor) => infos.get(tensor) ?? scope.known(tensor),
  });
  const there = new Set(known.map(({ slice }) => slice));
  const fresh = new Set([...factors, ...tensors.filter((tensor) => !there.has(tensor))]);
  const kept = keepInLoop(context, {
    ...{ scan, way, tensors: [...fresh], behind: either },
    info: (tensor) => infos.get(tensor) ?? scope.info(tensor),
  });
  const sequences = new Map([...known, ...kept].map((sequence) => [sequence.slice, sequence]));
  const read = tensors.flatMap((tensor) => sequences.get(tensor) ?? []).map(backwards);
  // What is read need not be made again: a node may make it beside what is wanted.
  const made = new Set(tensors);
  const renamed = (name: string): string => (made.has(name) ? way.inner.uniqueName(name) : name);
  const anew = again.map((item) => copyMessage(item, { output: item.output.map(renamed) }));
  return { kept, read, nodes: [...anew, ...back] };
}
