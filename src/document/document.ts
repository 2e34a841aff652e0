import type { Problem, SourcePosition } from "../core/errors.js";

/** Member names and list indices that lead from the top of a document to a value. */
export type DocumentPath = readonly (string | number)[];

/** A document that a person wrote, as plain values with the place of each. */
export interface SourceDocument {
  readonly file: string;
  readonly text: string;
  /** Maps as objects, lists as arrays, scalars as JavaScript values. */
  readonly value: unknown;
  /** Where a value (or, with `key`, its member name) stands; the nearest ancestor's place when it has none. */
  readonly positionOf: (path: DocumentPath, part?: "key" | "value") => SourcePosition;
  /** Member names of the map at a path in the order of the file (JavaScript moves integer-like names to the front). */
  readonly namesAt: (path: DocumentPath) => readonly string[];
  /** The source text of a plain scalar (`1.0`, `0x10`), null for quoted ones, maps and lists. */
  readonly plainTextAt: (path: DocumentPath) => string | null;
}

/** A value of the expected shape, or what is wrong with it. Both may be there: some problems leave a usable value. */
export interface Checked<T> {
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}
