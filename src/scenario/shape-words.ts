import * as z from "zod/mini";
import { CAUSES } from "../core/causes.js";
import { expecting, matching } from "../document/shapes.js";
import type { Invariant } from "./scenario.js";

/** Ids of steps, names of vars and captures: what a template can name. */
export const SIMPLE_NAME: RegExp = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** A header name: a token of RFC 9110, 5.6.2. */
export const HEADER_NAME: RegExp = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** An id or a name that templates use. */
export const simpleName: z.ZodMiniType<string> = expecting(
  "a simple name (letters, digits, - and _; first a letter or _)",
  z.string().check(matching(SIMPLE_NAME)),
);

/** The id of another step. */
export const stepId: z.ZodMiniType<string> = expecting("the id of a step", z.string().check(z.minLength(1)));

/** Text, or a number or boolean that is sent as it is written. */
export const plainText: z.ZodMiniType<string | number | boolean> = expecting(
  "text",
  z.union([z.string(), z.number(), z.boolean()]),
);

/** A header name as a map's key. */
export const headerName: z.ZodMiniType<string> = expecting(
  "a header name (letters, digits and - _ . ! # $ % & ' * + ^ ` | ~)",
  z.string().check(matching(HEADER_NAME)),
) as z.ZodMiniType<string>;

/** `METHOD /path`. */
export const requestLine: z.ZodMiniType<string> = expecting(
  "METHOD /path, such as GET /api/v2/users/me",
  z.string().check(matching(/^[A-Z][A-Z-]* +\S/)),
);

/** Where a captured value comes from. */
export const captureSource: z.ZodMiniType<string> = expecting(
  "header NAME, a JSONPath such as $.id, status or correlationId",
  z.string().check(matching(/^(?:header +\S+|\$.*|status|correlationId)$/)),
);

/** An RFC 9535 JSONPath; its grammar is checked by its own parser. */
export const jsonPath: z.ZodMiniType<string> = expecting(
  "a JSONPath such as $.id",
  z.string().check(matching(/^\$/)),
);

/** One status or a class of them. */
const statusPattern: z.ZodMiniType<string | number> = expecting(
  "a status such as 409 or 4xx",
  z.union([
    z.int().check(z.minimum(100, { abort: true }), z.maximum(599, { abort: true })),
    z.string().check(matching(/^[1-5]xx$/)),
  ]),
);

/** One status, a class, or a list of these. */
export const statusPatterns: z.ZodMiniType<string | number | readonly (string | number)[]> = expecting(
  "a status such as 409 or 4xx, or a list of them",
  z.union([statusPattern, z.array(statusPattern).check(z.minLength(1))]),
);

/** How many answers: `300`, or a bound such as `">=1"`. */
export const answerCount: z.ZodMiniType<string | number> = expecting(
  'a number of answers such as 300 or ">=1"',
  z.union([z.int().check(z.minimum(0)), z.string().check(matching(/^(?:>=|<=|>|<)?\d+$/))]),
);

/** A cause by its id. */
export const causeId: z.ZodMiniType<string> = expecting(
  "the id of a cause, such as key-reused-body-changed",
  z.enum(CAUSES as readonly [string, ...string[]]),
);

/** What a retry answers to. */
export const retryReason: z.ZodMiniType<string | number> = expecting(
  "a status such as 409 or 4xx, or network",
  z.union([statusPattern, z.literal("network")]),
);

/** What must hold of everything that happened in a race. */
export const INVARIANTS: readonly Invariant[] = [
  "no-lost-update",
  "at-most-once",
  "read-your-writes",
  "monotonic-reads",
  "linearizable",
  "one-winner",
];

/** Writers of one race at most: beyond it no machine opens so many connections. */
export const MOST_WRITERS = 10_000;
