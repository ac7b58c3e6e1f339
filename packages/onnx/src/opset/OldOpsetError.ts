/** What a model is too old for, and the version that `upgradeOpset` can bring it to. */
export class OldOpsetError extends Error {
  /** The sentence without advice: a command line has its own. */
  readonly fact: string;
  readonly version: number;

  constructor(fact: string, version: number) {
    super(`${fact}; upgradeOpset(model, ${version}) brings it there`);
    this.fact = fact;
    this.version = version;
  }
}
