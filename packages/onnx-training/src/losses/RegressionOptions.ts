/** What losses that compare numbers need. */
export interface RegressionOptions {
  /** Name of the tensor with the predictions. */
  readonly prediction: string;
  /** Name of the input that is added for what they are compared with, float32 of the predictions' shape. Default: "target". */
  readonly target?: string;
}
