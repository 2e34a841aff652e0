import { keyStory, lateRelations } from "../key-story.js";
import { type Case, type Finding, fitting, impossible, shows, statusWeight } from "../refusal.js";
import type { KeyStory, Relation } from "../stories.js";

/** Statuses for a key that comes again with something else: 422 by the draft, 409 and 400 and 417 by others. */
export const MISMATCH_STATUS: Readonly<Record<number, number>> = { 422: 3, 409: 2, 417: 3, 400: 1, 412: -1 };

function judgeStory(of: Case, story: KeyStory, wanted: readonly Relation[]): Finding {
  const { refused } = of;
  const { binding, relation } = story;
  if (binding === null || relation === null) {
    return impossible(`no earlier request here carries the key of ${refused.id}`);
  }
  // What was taken did not stand in the way: a server that refuses such a request would have refused that one, and alike.
  const overwriter = wanted.includes(relation)
    ? undefined
    : lateRelations(of).find(
        ([late, how]) =>
          wanted.includes(how) &&
          late.ending !== "accepted" &&
          (late.ending !== "refused" || late.status === refused.status),
      );
  if (overwriter !== undefined) {
    return fitting(
      4 + statusWeight(refused.status, MISMATCH_STATUS),
      shows(overwriter[0], `a later request with this key: ${WORDS[overwriter[1]]}`),
    );
  }
  if (!wanted.includes(relation)) {
    return impossible(
      `${binding.id}, the first with this key, stands to ${refused.id} as: ${WORDS[relation]}`,
    );
  }
  const bound = binding.ending === "accepted" ? 6 : binding.ending === "refused" ? 0 : 2;
  return fitting(
    bound + statusWeight(refused.status, MISMATCH_STATUS),
    shows(binding, `the first request with this key: ${WORDS[relation]}`),
  );
}

const WORDS: Readonly<Record<Relation, string>> = {
  same: "the same bytes",
  "other-resource": "another path, query or method",
  "body-changed": "another body",
  "bytes-changed": "the same JSON value in other bytes",
  "headers-changed": "the same bytes under other headers",
  unknown: "a body that cannot be compared (redacted or cut)",
};

/** The three causes of a key that comes again differ only in what changed. Pure. */
export function judgeReuse(of: Case, ...wanted: readonly Relation[]): Finding {
  return of.refused.key === null
    ? impossible(`${of.refused.id} carries no key`)
    : judgeStory(of, keyStory(of), wanted);
}
