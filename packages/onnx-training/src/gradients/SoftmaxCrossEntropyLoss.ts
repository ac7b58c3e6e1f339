import { intAttribute, makeTensor, stringAttribute } from "@dropoutkit/onnx";
import { type GradientContext, type GradientRule, outputGradient } from "./GradientRule.js";

/**
 * loss = -log softmax(scores)[label] of each example, averaged, summed or kept apart. The gradient by
 * the scores is (softmax(scores) - onehot(label)) times the loss's own gradient, over the number of
 * labels for the mean. Scores `[batch, classes, ...]`, labels `[batch, ...]`.
 */
export const SoftmaxCrossEntropyLoss: GradientRule = (context) => {
  const { builder, node, output, outputGradients } = context;
  if (outputGradients[1] !== undefined) {
    throw new Error(
      `gradient: SoftmaxCrossEntropyLoss ${node.name} must have log probabilities that the loss does not read, got ${node.output[1]}`,
    );
  }
  if (node.input[2]) {
    throw new Error(
      `gradient: SoftmaxCrossEntropyLoss ${node.name} must have no class weights, got ${node.input[2]}`,
    );
  }
  const difference = builder.op("Sub", [builder.op("Exp", [output(1)]), oneHot(context)]);
  const counted = countedLabels(context);
  const gradients = counted.mask
    ? builder.op("Where", [
        unsqueeze(context, counted.mask),
        difference,
        builder.scalar("float32", 0),
      ])
    : difference;
  const dy = outputGradient(context);
  const reduction = stringAttribute(node, "reduction", "mean");
  if (reduction === "none") return [builder.op("Mul", [gradients, unsqueeze(context, dy)])];
  const scale = reduction === "mean" ? builder.op("Div", [dy, counted.count()]) : dy;
  return [builder.op("Mul", [gradients, scale])];
};

/** Adds the axis of the classes. */
function unsqueeze({ builder }: GradientContext, tensor: string): string {
  return builder.op("Unsqueeze", [tensor, builder.ints([1])]);
}

function oneHot({ builder, node, info }: GradientContext): string {
  const classes = info(node.input[0]).dims[1];
  if (typeof classes !== "number") {
    throw new Error(
      `gradient: SoftmaxCrossEntropyLoss ${node.name} must have a known number of classes, got ${classes}`,
    );
  }
  const values = makeTensor({
    name: builder.uniqueName("off_on"),
    type: "float32",
    dims: [2],
    data: Float32Array.of(0, 1),
  });
  const depth = builder.scalar("int64", classes);
  return builder.op("OneHot", [node.input[1], depth, builder.constant(values)], {
    attributes: { axis: 1 },
  });
}

/** The labels that count, as a mask where `ignore_index` takes some out, and their number as a scalar. */
function countedLabels({ builder, node }: GradientContext): { mask?: string; count(): string } {
  const labels = node.input[1];
  const float = (tensor: string): string => builder.op("Cast", [tensor], { attributes: { to: 1 } });
  if (!node.attribute.some(({ name }) => name === "ignore_index")) {
    return { count: () => float(builder.op("Size", [labels])) };
  }
  const ignored = builder.scalar("int64", intAttribute(node, "ignore_index", 0));
  const mask = builder.op("Not", [builder.op("Equal", [labels, ignored])]);
  return {
    mask,
    count: () => builder.op("ReduceSum", [float(mask)], { attributes: { keepdims: 0 } }),
  };
}
