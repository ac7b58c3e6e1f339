import {
  type Dim,
  GraphBuilder,
  inferShapes,
  makeValueInfo,
  nearMisses,
  type OnnxModel,
  opsetOf,
} from "@dropoutkit/onnx";
import type { Tensor } from "../runtime.js";
import type { Loss } from "./Loss.js";

export interface CrossEntropyOptions {
  /** Name of the tensor with the scores before softmax, `[batch, classes]`. */
  readonly logits: string;
  /** Name of the input that is added for the labels, int64 `[batch]` in [0, classes). Default: "labels". */
  readonly labels?: string;
}

/**
 * The mean over a batch of -log softmax(logits)[label], computed from logits so that no probability
 * underflows. Needs opset 12 or later.
 * @see Goodfellow, Bengio and Courville 2016, "Deep Learning", section 6.2.2.
 */
export function crossEntropy({ logits, labels = "labels" }: CrossEntropyOptions): Loss {
  return {
    addTo(model) {
      const [batch, classes] = logitsDims(model, logits);
      if (!(opsetOf(model) >= 12)) {
        throw new Error(`crossEntropy: model must have opset 12 or later, got ${opsetOf(model)}`);
      }
      const { graph } = model;
      if (graph.input.some(({ name }) => name === labels)) {
        throw new Error(`crossEntropy: labels must be the name of a new input, got ${labels}`);
      }
      graph.input.push(makeValueInfo(labels, { type: "int64", dims: [batch] }));
      const builder = new GraphBuilder("", graph);
      const tensor = builder.op("SoftmaxCrossEntropyLoss", [logits, labels], {
        name: builder.uniqueName("loss"),
        attributes: { reduction: "mean" },
      });
      graph.node.push(...builder.nodes);
      return {
        tensor,
        checkFeeds: (owner, feeds) =>
          checkLabels(owner, { labels, classes, data: feeds[labels].data }),
      };
    },
  };
}

interface Labels {
  readonly labels: string;
  readonly classes: Dim;
  readonly data: Tensor["data"];
}

function checkLabels(owner: string, { labels, classes, data }: Labels): void {
  if (!(data instanceof BigInt64Array)) {
    throw new TypeError(`${owner}: ${labels} must be an int64 tensor, got another type`);
  }
  const most = typeof classes === "number" ? BigInt(classes) : undefined;
  const at = data.findIndex((label) => label < 0n || (most !== undefined && label >= most));
  if (at >= 0) {
    throw new RangeError(
      `${owner}: ${labels} must be in [0, ${classes}), got ${data[at]} at index ${at}`,
    );
  }
}

function logitsDims(model: OnnxModel, logits: string): readonly Dim[] {
  const info = inferShapes(model).get(logits);
  if (info?.dims.length !== 2) {
    const names = model.graph.node.flatMap(({ output }) => output);
    throw new Error(
      info === undefined
        ? `crossEntropy: logits must be a tensor of the model with a known shape, got ${logits}${nearMisses(logits, names)}`
        : `crossEntropy: logits must be [batch, classes], got ${logits} of [${info.dims.join(", ")}]`,
    );
  }
  return info.dims;
}
