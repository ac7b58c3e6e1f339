/** What a model is too old for, and the version that `upgradeOpset` can bring it to. */
export class OldOpsetError extends Error {
  readonly version: number;

  constructor(fact: string, version: number) {
    super(`${fact}; upgradeOpset(model, ${version}) brings it there`);
    this.version = version;
  }

  /** The sentence without advice: a command line has its own. */
  get fact(): string {
    return this.message.slice(0, this.message.lastIndexOf("; "));
  }
}
