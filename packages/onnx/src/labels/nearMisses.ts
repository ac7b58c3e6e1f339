import { distance } from "fastest-levenshtein";

/** `; did you mean a, b?` for the names nearest to a wrong one, other than itself, or nothing where none is near. */
export function nearMisses(name: string, known: Iterable<string>): string {
  const most = Math.max(2, Math.floor(name.length / 3));
  const near = [...known]
    .map((candidate) => ({ candidate, edits: distance(name, candidate) }))
    .filter(({ edits }) => edits > 0 && edits <= most)
    .sort((a, b) => a.edits - b.edits)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
  return near.length === 0 ? "" : `; did you mean ${near.join(", ")}?`;
}
