/** Whether an operator is one of those that dropout usually stands behind. */
export const isActivation = (opType: string): boolean =>
  /Relu|Gelu|Elu|Selu|Tanh|Sigmoid|Swish|Mish|Soft(plus|sign)/.test(opType);
