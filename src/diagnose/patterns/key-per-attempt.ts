import { HABIT, keysOf } from "../attempts.js";
import { counted, evidenceOf, type PatternFinding, type PatternRule } from "../pattern.js";
import type { Seen } from "../seen.js";

/** Each attempt of one request has a key of its own. */
export const keyPerAttempt: PatternRule = (recording) =>
  recording.attempts.flatMap((attempts): readonly PatternFinding[] => {
    const [, second] = attempts;
    if (second === undefined || attempts.length < HABIT || keysOf(attempts) < attempts.length) return [];
    return [
      {
        seen: second,
        certainty: "likely",
        evidence: evidenceOf(
          attempts.map((each): [Seen, string] => [each, `the same request with key ${each.key}`]),
        ),
        explanation: `${counted(attempts.length, "attempt")} of one request carry ${keysOf(attempts)} keys: the key is made anew for each attempt, so that no server can tell a retry from a new operation.`,
      },
    ];
  });
