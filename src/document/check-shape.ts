import type { $ZodIssue, $ZodRawIssue, $ZodType } from "zod/v4/core";
import { safeParse } from "zod/v4/core";
import type { Problem } from "../core/errors.js";
import type { Checked, DocumentPath, SourceDocument } from "./document.js";
import { explainIssue, type ShapeProblem } from "./explain-issue.js";
import { UNREADABLE } from "./repair-line.js";

/** The value at a path of a document; undefined where the path leads nowhere. Pure. */
export function valueAt(doc: SourceDocument, path: DocumentPath): unknown {
  let value: unknown = doc.value;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return value;
}

/** A shape problem with its place in the file. Pure. */
export function placeProblem(problem: ShapeProblem, doc: SourceDocument): Problem {
  const { path, part, ...rest } = problem;
  return { at: doc.positionOf(path, part), ...rest };
}

/** A value of a schema, or where it departs from it, by path. Pure. */
export function findShapeProblems<T>(
  schema: $ZodType<T>,
  doc: SourceDocument,
  path: DocumentPath = [],
): { readonly value: T | undefined; readonly problems: readonly ShapeProblem[] } {
  const raws: $ZodRawIssue[] = [];
  // The message of a finished issue is the number of its raw issue: the only thread that zod leaves between the two.
  const error = (raw: $ZodRawIssue): string => String(raws.push(raw) - 1);
  // Compiling a schema to a function pays off over many values; here each schema sees one.
  const result = safeParse(schema, valueAt(doc, path), { error, jitless: true });
  if (result.success) return { value: result.data, problems: [] };
  const rawOf = (issue: $ZodIssue): $ZodRawIssue | undefined => raws[Number(issue.message)];
  const problems = result.error.issues.flatMap((issue) => explainIssue(issue, { rawOf, base: path }));
  // The reader has said already what is wrong with such a value.
  return { value: undefined, problems: problems.filter((each) => valueAt(doc, each.path) !== UNREADABLE) };
}

/**
 * Checks the value at a path of a document (default: all of it) against a schema. Each problem says what was found and
 * what was expected, with the place of the value, or of the name of an unknown field. Pure.
 */
export function checkShape<T>(schema: $ZodType<T>, doc: SourceDocument, path: DocumentPath = []): Checked<T> {
  const { value, problems } = findShapeProblems(schema, doc, path);
  return { value, problems: problems.map((problem) => placeProblem(problem, doc)) };
}
