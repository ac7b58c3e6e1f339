/** Whether an operator, a layer or a function is one that dropout usually stands behind, by its name. */
export const isActivation = (name: string): boolean =>
  /elu|tanh|sigmoid|swish|mish|soft(plus|sign)/i.test(name);
