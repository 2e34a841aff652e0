/** A method and the path that it stands at, as a listing has them. */
export interface ListedOperation {
  readonly method: string;
  readonly template: string;
}

/**
 * Reads a listing of operations: one path segment or several a line, then methods; what is indented by two spaces more
 * lies below the line above. Pure.
 */
export function readListing(text: string): readonly ListedOperation[] {
  const parents: string[] = [];
  return text
    .trim()
    .split("\n")
    .flatMap((line) => {
      const depth = (line.length - line.trimStart().length) / 2;
      const [segments = "", ...methods] = line.trim().split(" ");
      parents.length = depth;
      parents.push(segments);
      const template = `/api/v2/${parents.join("/")}`;
      return methods.map((method) => ({ method, template }));
    });
}
