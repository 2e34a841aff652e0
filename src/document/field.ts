import type { Problem, SourcePosition } from "../core/errors.js";
import { valueAt } from "./check-shape.js";
import type { DocumentPath, SourceDocument } from "./document.js";

/** A value somewhere in a document whose shape may be wrong: whoever reads on takes what fits and leaves the rest. */
export interface Field {
  readonly doc: SourceDocument;
  readonly path: DocumentPath;
  readonly value: unknown;
}

/** True for a map as documents have them. Pure. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The whole of a document, or what stands at a path of it. Pure. */
export function fieldAt(doc: SourceDocument, path: DocumentPath = []): Field {
  return { doc, path, value: valueAt(doc, path) };
}

/** A member of a map; null where there is no map or no such member. Pure. */
export function member(field: Field | null, name: string): Field | null {
  if (field === null || !isMap(field.value) || !Object.hasOwn(field.value, name)) return null;
  return { doc: field.doc, path: [...field.path, name], value: field.value[name] };
}

/** The items of a list; none where there is no list. Pure. */
export function items(field: Field | null): readonly Field[] {
  if (field === null || !Array.isArray(field.value)) return [];
  return field.value.map((value: unknown, index) => ({
    doc: field.doc,
    path: [...field.path, index],
    value,
  }));
}

/** The members of a map in the order of the file; none where there is no map. Pure. */
export function members(field: Field | null): readonly (readonly [name: string, value: Field])[] {
  if (field === null || !isMap(field.value)) return [];
  const { doc, path, value } = field;
  return doc
    .namesAt(path)
    .filter((name) => Object.hasOwn(value, name))
    .map((name) => [name, { doc, path: [...path, name], value: value[name] }] as const);
}

/** The text of a field; null where it is none. Pure. */
export function textIn(field: Field | null): string | null {
  return typeof field?.value === "string" ? field.value : null;
}

/** The text of a field, where a number or boolean counts as it is written (`1.0`); null for anything else. Pure. */
export function plainTextIn(field: Field | null): string | null {
  if (field === null) return null;
  if (typeof field.value === "string") return field.value;
  const isPlain = typeof field.value === "number" || typeof field.value === "boolean";
  return isPlain ? (field.doc.plainTextAt(field.path) ?? String(field.value)) : null;
}

/** The number in a field; null where it is none. Pure. */
export function numberIn(field: Field | null): number | null {
  return typeof field?.value === "number" ? field.value : null;
}

/** Where a field stands, or with `key` its name. Pure. */
export function placeOf(field: Field, part: "key" | "value" = "value"): SourcePosition {
  return field.doc.positionOf(field.path, part);
}

function offsetOf(text: string, at: SourcePosition): number {
  let start = 0;
  for (let line = 1; line < at.line; line++) start = text.indexOf("\n", start) + 1;
  return start + at.column - 1;
}

/** Texts longer than this are not searched for the exact place of a mistake inside them. */
const LONGEST_SEARCH = 20_000;

/** The place of a piece of text inside the value at `at`, or `at` itself where the source spells it otherwise. Pure. */
export function placeInside(doc: SourceDocument, at: SourcePosition, piece: string): SourcePosition {
  const start = offsetOf(doc.text, at);
  const window = doc.text.slice(start, start + LONGEST_SEARCH);
  const index = window.indexOf(piece);
  if (piece === "" || index < 0) return at;
  const before = window.slice(0, index).split("\n");
  const column = (before.at(-1)?.length ?? 0) + (before.length === 1 ? at.column : 1);
  return { file: at.file, line: at.line + before.length - 1, column };
}

/** Builds a problem without the members that are not there. Pure. */
export function problem(at: SourcePosition, message: string, hint?: string | null): Problem {
  return hint === undefined || hint === null ? { at, message } : { at, message, hint };
}
