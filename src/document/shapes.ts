import * as z from "zod/mini";
import { DURATION_PATTERN } from "../core/duration.js";

/** What people are told about a schema: in an editor (`description`) and in a message (`expected`). */
export interface ShapeNote {
  readonly description?: string;
  /** What a value of this shape is, as in "expected a duration such as 5s". */
  readonly expected?: string;
  /** Part of a JSON Schema. */
  readonly examples?: unknown[];
}

/** The notes of all schemas; JSON Schemas are generated with it. */
export const shapeNotes: z.core.$ZodRegistry<ShapeNote> = z.registry<ShapeNote>();

/** A copy of a schema whose mismatch is told as "expected ...". */
export function expecting<T extends z.core.$ZodType>(expected: string, schema: T): T {
  return note(schema, { expected });
}

/** A copy of a schema with the sentence that an editor shows for a field. */
export function described<T extends z.core.$ZodType>(description: string, schema: T): T {
  return note(schema, { ...shapeNotes.get(schema), description });
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

/** `250ms`, `5s`, `15m`, `24h` as text; `parseDuration` of core makes it a number. */
export const duration: z.ZodMiniString = expecting(
  "a duration such as 250ms, 5s, 15m or 24h",
  z.string().check(z.regex(DURATION_PATTERN)),
);
