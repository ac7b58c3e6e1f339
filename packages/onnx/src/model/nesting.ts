/** How deep graphs may lie in one another: real models have a handful, and all that walks over graphs recurses. */
export const MAX_NESTED_GRAPHS = 200;

/** Messages on the way down to the deepest tensor or type: graph, node and attribute for each graph. */
export const MAX_NESTED_MESSAGES: number = 3 * (MAX_NESTED_GRAPHS + 1) + 20;

export const nestingError = (owner: string): Error =>
  new Error(`${owner}: graphs must be nested at most ${MAX_NESTED_GRAPHS} deep, got more`);
