import * as z from "zod/mini";
import { described, duration, expecting } from "../document/shapes.js";
import type { AtomicityFile, DurationText, StatusMap } from "./policy-file.js";

/** An optional member with the sentence that an editor shows for it; given as undefined it is refused. */
export function field<T extends z.core.$ZodType>(description: string, schema: T): z.ZodMiniExactOptional<T> {
  return z.exactOptional(described(description, schema));
}

/** A closed set of words. */
export function word<const Words extends readonly string[]>(words: Words): z.ZodMiniType<Words[number]> {
  return z.enum(words);
}

/** A status of an answer. */
export const status: z.ZodMiniType<number> = expecting(
  "an HTTP status from 200 to 599",
  z.int().check(z.minimum(200), z.maximum(599)),
);

/** A status of an answer to a request that was carried out. */
export const successStatus: z.ZodMiniType<number> = expecting(
  "an HTTP status from 200 to 299",
  z.int().check(z.minimum(200), z.maximum(299)),
);

/** A status of a server that failed. */
export const errorStatus: z.ZodMiniType<number> = expecting(
  "an HTTP status from 500 to 599",
  z.int().check(z.minimum(500), z.maximum(599)),
);

/** `{ status: N }`. */
export const statusMap: z.ZodMiniType<StatusMap> = z.strictObject({
  status: described("Status of the refusal.", status),
});

/** A duration or null. */
export const durationOrNull: z.ZodMiniType<DurationText | null> = z.nullable(duration);

/** Text that is not empty. */
export const name: z.ZodMiniType<string> = z.string().check(z.minLength(1));

/** The word of a `{ kind: word }`, which says no more than the bare word. */
export function kindOf<const Words extends readonly string[]>(words: Words): z.ZodMiniType<Words[number]> {
  return described("The same as the bare word.", z.enum(words));
}

/** `atomic`, `check-then-set`, or a map with the window between look-up and write. */
export const atomicity: z.ZodMiniType<AtomicityFile> = expecting(
  "atomic, check-then-set or { kind: check-then-set, window: 1ms }",
  z.union([
    z.enum(["atomic", "check-then-set"]),
    z.strictObject({ kind: kindOf(["atomic"]) }),
    z.strictObject({
      kind: kindOf(["check-then-set"]),
      window: field("The time between the two. Default: 1ms.", duration),
    }),
  ]),
);

/** `METHOD /path/{id}`. */
export const routeText: z.ZodMiniType<string> = expecting(
  "METHOD /path/{id}, where the method may be *",
  z.string().check(z.regex(/^(?:\*|[A-Z]+) \/[^\s?#]*$/)),
);
