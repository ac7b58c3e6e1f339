/** What tells a loss, a penalty or an optimizer from others, as data: a run that is resumed must have the same. */
export type Settings = Readonly<Record<string, unknown>>;
