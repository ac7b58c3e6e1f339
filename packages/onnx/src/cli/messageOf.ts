import { OldOpsetError } from "../opset/OldOpsetError.js";

/** What an error says on a command line, where advice is a command and no call. */
export function messageOf(error: unknown): string {
  if (error instanceof OldOpsetError) {
    return `${error.fact}; the command upgrade --opset ${error.version} brings it there`;
  }
  return error instanceof Error ? error.message : String(error);
}
