import * as z from "zod/mini";
import { DURATION_PATTERN } from "../core/duration.js";

/** What people are told about a schema: in an editor (`description`) and in a message (`expected`). */
export interface ShapeNote {
  /** Name under which a JSON Schema defines it once, however often it is used. */
  readonly id?: string;
  readonly description?: string;
  /** What a value of this shape is, as in "expected a duration such as 5s". */
  readonly expected?: string;
  /** Fields that people look for in a map but that belong to another, and what to tell them. */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

/** The notes of all schemas; JSON Schemas are generated with it. */
export const shapeNotes: z.core.$ZodRegistry<ShapeNote> = z.registry<ShapeNote>();

/** A copy of a schema whose mismatch is told as "expected ...". */
export function expecting<T extends z.core.$ZodType>(expected: string, schema: T): T {
  return note(schema, { expected });
}

/** A copy of a schema that a JSON Schema defines once, under this name. */
export function named<T extends z.core.$ZodType>(id: string, schema: T): T {
  return note(schema, { ...shapeNotes.get(schema), id });
}

/** A copy of a schema with the sentence that an editor shows for a field. */
export function described<T extends z.core.$ZodType>(description: string, schema: T): T {
  return note(schema, { ...shapeNotes.get(schema), description });
}

/** A copy of a map schema that knows what to say of fields which belong to another map. */
export function without<T extends z.core.$ZodType>(
  elsewhere: Readonly<Record<string, string>>,
  schema: T,
): T {
  return note(schema, { ...shapeNotes.get(schema), elsewhere });
}

function note<T extends z.core.$ZodType>(schema: T, shapeNote: ShapeNote): T {
  const copy = z.clone(schema);
  shapeNotes.add(copy as z.core.$ZodType as never, shapeNote as never);
  return copy;
}

/** An optional field with the sentence that an editor shows for it. */
export function optionalField<T extends z.core.$ZodType>(
  description: string,
  schema: T,
): z.ZodMiniOptional<T> {
  return z.optional(described(description, schema));
}

/** The check that a text matches a pattern; in a union, a text that does not match is none of this option. */
export function matching(pattern: RegExp): z.core.$ZodCheck<string> {
  return z.regex(pattern, { abort: true });
}

/** `250ms`, `5s`, `15m`, `24h` as text; `parseDuration` of core makes it a number. */
export const duration: z.ZodMiniString = expecting(
  "a duration such as 250ms, 5s, 15m or 24h",
  z.string().check(matching(DURATION_PATTERN)),
);
