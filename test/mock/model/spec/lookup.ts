import { ANSWER } from "./answers.js";
import { ACCOUNTS } from "./cast.js";
import { keyOfIdentity } from "./key.js";
import { hasExpired } from "./life.js";
import { type KeyRecord, type Model, type Prediction, UNCLEAR, type Unclear } from "./model.js";
import { rulesFor } from "./rules.js";
import type { Sent } from "./sent.js";

/** The key that a look-up asks for; null for a path that is none. */
export function askedKey(lookup: string | null, path: string): string | null {
  const [before = "", after = ""] = lookup?.split("{key}") ?? [];
  const fits = lookup !== null && path.startsWith(before) && path.endsWith(after);
  return fits ? path.slice(before.length, path.length - after.length) : null;
}

function accountOf({ principal }: Sent): string | undefined {
  return ACCOUNTS[principal ?? "default"];
}

/** Whether a record would be found; unclear where the documents leave it open. */
function isKnown(model: Model, record: KeyRecord, sent: Sent): boolean | Unclear {
  const rules = rulesFor(model.policy, record.answered.method, record.answered.path);
  const expired = hasExpired(model, record, rules);
  // Whose keys a look-up shows is said nowhere, nor whether it shows one that is dead and still refused.
  const isOurs = [record.first, record.answered].every((each) => accountOf(each) === accountOf(sent));
  if (expired === UNCLEAR || record.went !== "no" || !isOurs) return UNCLEAR;
  if (expired && rules.idempotency.afterExpiry.kind === "refuse") return UNCLEAR;
  return !expired;
}

/** What the look-up of a key shows: 404 for a key that nobody used, or that was forgotten or died. */
export function predictLookup(model: Model, key: string, sent: Sent): Prediction | Unclear {
  const found = [...model.records].filter(([identity]) => keyOfIdentity(identity) === key);
  // Whether a look-up shows a key whose answer was to be forgotten, nobody says.
  const isForgotten = (identity: string): boolean =>
    keyOfIdentity(identity) === key && !model.records.has(identity);
  if ([...model.attempted].some(isForgotten)) return UNCLEAR;
  const known = found.map(([, record]) => isKnown(model, record, sent));
  if (known.includes(UNCLEAR)) return UNCLEAR;
  const records = found.filter((_, index) => known[index] === true).map(([, record]) => record);
  const settle = (): void => {};
  const [record] = records;
  if (record === undefined) return { expected: { ...ANSWER, statuses: [notFound(model)] }, settle };
  const status = records.length === 1 && record.answer !== null ? { status: record.answer.status } : null;
  const wanted = JSON.stringify({ idempotency_key: key, ...status });
  const expected = {
    ...ANSWER,
    statuses: [200],
    also: ({ json }: { readonly json: Readonly<Record<string, unknown>> }) => {
      const shown = {
        idempotency_key: json.idempotency_key,
        ...(status === null ? {} : { status: json.status }),
      };
      return JSON.stringify(shown) === wanted ? null : `expected ${wanted}, found ${JSON.stringify(json)}`;
    },
  };
  return { expected, settle };
}

function notFound({ policy }: Model): number {
  return policy.errors === "graphql" ? 200 : 404;
}
