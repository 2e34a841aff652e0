import * as z from "zod/mini";
import { described, expecting, optionalField as field, matching, without } from "../document/shapes.js";
import {
  answerCount,
  causeId,
  headerName,
  INVARIANTS,
  jsonPath,
  plainText,
  retryReason,
  simpleName,
  statusPatterns,
  stepId,
} from "./shape-words.js";

const matcher = described(
  "The value itself, present, absent, or /a regular expression/.",
  z.optional(z.unknown()),
);

/** What an answer, or the attempts of one step, must be. */
const answers = {
  status: field(
    "Status of the last attempt: 200, 2xx, [200, 202] or { not: 409 }.",
    z.union([
      statusPatterns,
      z.strictObject({ not: described("A status that it must not have.", statusPatterns) }),
    ]),
  ),
  not: field("A status that the last attempt must not have.", statusPatterns),
  headers: field("Headers of the answer by name.", z.record(headerName, plainText)),
  json: field("Values of the answer by JSONPath.", z.record(jsonPath, matcher)),
  attempts: field(
    "Statuses of all attempts in their order; network for one without an answer.",
    z.array(retryReason).check(z.minLength(1)),
  ),
  error: field(
    "No answer came: any, a phase (connect, send, response, timeout, aborted) or a code such as ECONNRESET.",
    z.string().check(z.minLength(1)),
  ),
  cause: field(
    "Why the server refused, by id; holds when certain or likely.",
    z.union([
      causeId,
      z.strictObject({
        id: described("The cause.", causeId),
        certainty: field("How sure the diagnosis must be.", z.enum(["certain", "likely", "possible"])),
      }),
    ]),
  ),
};

const statusCounts = z.record(
  expecting("a status such as 409 or 4xx", z.string().check(matching(/^(?:[1-5]\d\d|[1-5]xx)$/))),
  answerCount,
);

const ON_THE_RACE = "`invariants` are expected of a race: see `race`";

/** `expect` of a step. */
export const expectation: z.ZodMiniType = without(
  { invariants: ON_THE_RACE },
  z.strictObject({
    ...answers,
    replayOf: field("The answer is the stored one of that step: nothing was done twice.", stepId),
    statuses: field("How many answers of a step with `times` had each status.", statusCounts),
    executed: field("Whether the request had its effect.", z.boolean()),
  }),
);

const BY_INVARIANT =
  "writers that send at the same time have no first one: expect the invariant at-most-once of the race";

/** `expect` of a step inside a race: judged for each writer. */
export const innerExpectation: z.ZodMiniType = without(
  {
    replayOf: BY_INVARIANT,
    executed: BY_INVARIANT,
    statuses: "the race itself expects `statuses: { STEP: { 200: 1 } }`",
    invariants: "the race itself expects `invariants`",
  },
  z.strictObject(answers),
);

/** `expect` of a race. */
export const raceExpectation: z.ZodMiniType = without(
  { status: "one writer's answer is expected by its step inside the race" },
  z.strictObject({
    statuses: field(
      "For each step inside: how many writers got each status on their last attempt.",
      z.record(simpleName, statusCounts),
    ),
    invariants: field(
      "What must hold of everything that happened.",
      z.array(z.enum(INVARIANTS as readonly [string, ...string[]])).check(z.minLength(1)),
    ),
  }),
);
