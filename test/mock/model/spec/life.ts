import type { OutcomeClass } from "../../../../src/policy/idempotency-policy.js";
import { sameJson } from "./bodies.js";
import { mismatchCauses, sameRequest } from "./fingerprint.js";
import { findKey, identityOf, looksAtKeys } from "./key.js";
import { blurMs, hasCome, type KeyRecord, type Model, type Seen, UNCLEAR, type Unclear } from "./model.js";
import type { Rules } from "./rules.js";
import type { Sent } from "./sent.js";

/** How the record of a key is left by the request that was carried out under it. */
export type Keeps = "new" | "as-it-was" | "none";

/** What the key rule says. */
export type KeyJudged =
  | { readonly kind: "passes"; readonly identity: null }
  | { readonly kind: "executes"; readonly identity: string; readonly keeps: Keeps }
  | {
      readonly kind: "refuses";
      readonly status: number;
      readonly causes: readonly string[] | "any";
      readonly take: (seen: Seen) => void;
      /** What is wrong with what the refusal tells of the first request, as a sentence. */
      readonly also: (seen: Seen) => string | null;
    }
  | {
      readonly kind: "replays";
      readonly record: KeyRecord;
      readonly causes: readonly string[] | "any";
      readonly take: (seen: Seen) => void;
    };

type Refused = Extract<KeyJudged, { readonly kind: "refuses" }>;

const NOTHING = (): void => {};

function refuses(status: number, causes: readonly string[] | "any", take = NOTHING): Refused {
  return { kind: "refuses", status, causes, take, also: tellsNothing };
}

function tellsNothing({ text }: Seen): string | null {
  return text.includes("original_request") ? `expected nothing of the first request, found ${text}` : null;
}

/** Seed 003: the refusal tells method and path of the first request, where its form has members of its own. */
function tellsFirst({ first, answered }: KeyRecord, { errors }: Rules): (seen: Seen) => string | null {
  if (errors !== "genesys" || first !== answered) return () => null;
  return ({ text, json }) => {
    const told = json.original_request as { method?: unknown; path?: unknown } | undefined;
    return told?.method === first.method && told.path === first.path
      ? null
      : `expected ${first.method} ${first.path} of the first request, found ${text}`;
  };
}

/** I15: a life that ends is over at its end, not behind it. */
export function hasExpired(model: Model, record: KeyRecord, rules: Rules): boolean | Unclear {
  const { ttlMs, ttlFrom } = rules.idempotency;
  if (ttlMs === null) return false;
  return hasCome(model, (ttlFrom === "first-use" ? record.bornAt : record.usedAt) + ttlMs);
}

/** True a lifetime after a key's death. */
function isLongDead(model: Model, record: KeyRecord, { idempotency: { ttlMs } }: Rules): boolean {
  return ttlMs !== null && model.nowMs >= record.bornAt + 2 * ttlMs - blurMs(model.policy);
}

/** I7: the key came with another request. */
function onMismatch(model: Model, of: Known): KeyJudged {
  const { identity, record, sent, rules } = of;
  const { mismatch, mismatchKeeps } = rules.idempotency;
  const causes = mismatchCauses(record.first, sent, rules);
  if (mismatch.outcome === "execute-again") {
    const keeps = ({ original: "as-it-was", overwritten: "new", dropped: "none" } as const)[mismatchKeeps];
    return { kind: "executes", identity, keeps };
  }
  const take = keepAfterMismatch(model, of);
  if (mismatch.outcome === "refuse") {
    const also = mismatch.reveals === "nothing" ? tellsNothing : tellsFirst(record, rules);
    return { kind: "refuses", status: mismatch.status, causes, take, also };
  }
  // There is no answer to replay.
  if (rules.idempotency.outcomes[record.end] === "conflict") return { ...onRepeat(model, of), take };
  const told = ["replay-of-other-body", "stored-answer-returned", "replay-differs"];
  const [how, ...others] = mismatchCauses(record.answered, sent, rules);
  const certain = how === "key-reused-body-changed" && others.length === 0 && record.executed;
  return { kind: "replays", record, causes: certain ? ["replay-of-other-body"] : told, take };
}

/**
 * What the record is after a mismatch that was not carried out; overwritten: it is this request's from now on. A request
 * that is refused for its key has used the key too, which counts where a life is counted from the last use.
 */
function keepAfterMismatch(model: Model, { identity, record, sent, rules }: Known): () => void {
  const { mismatchKeeps } = rules.idempotency;
  if (mismatchKeeps === "dropped") return () => void model.records.delete(identity);
  const first = mismatchKeeps === "overwritten" ? sent : record.first;
  const usedAt = model.nowMs;
  return () => void model.records.set(identity, { ...record, first, usedAt });
}

interface Known {
  readonly identity: string;
  readonly record: KeyRecord;
  readonly sent: Sent;
  readonly rules: Rules;
}

/** causes.md: by how the first attempt ended. */
const CONFLICT_CAUSES: Readonly<Record<OutcomeClass, readonly string[] | "any">> = {
  "2xx": ["conflict-not-replay"],
  "5xx": ["key-bound-to-unacknowledged-attempt"],
  "4xx": "any",
  "429": "any",
  validation: "any",
};

/** causes.md: the policy may take two bodies for one that a client would not. */
function repeatCauses({ record: { answered }, sent, rules }: Known): readonly string[] {
  const one = answered.body === null || sent.body === null;
  if (one && answered.body !== sent.body)
    return ["stored-answer-returned", "replay-of-other-body", "replay-differs"];
  const same = one || sameJson(answered.body, sent.body);
  const told = same ? ["stored-answer-returned"] : ["replay-of-other-body"];
  const { content, status } = rules.idempotency.replay;
  return content === "snapshot" && status === "original" ? told : [...told, "replay-differs"];
}

type Repeated = Extract<KeyJudged, { readonly kind: "refuses" | "replays" }>;

/** I11: the same request again. */
function onRepeat(model: Model, of: Known): Repeated {
  const { identity, record, rules } = of;
  const take = (): void => void model.records.set(identity, { ...record, usedAt: model.nowMs });
  if (rules.idempotency.outcomes[record.end] === "conflict") {
    return refuses(rules.idempotency.inFlight.status, CONFLICT_CAUSES[record.end], take);
  }
  return { kind: "replays", record, causes: record.executed ? repeatCauses(of) : "any", take };
}

function onKey(model: Model, identity: string, sent: Sent, rules: Rules): KeyJudged | Unclear {
  const record = model.records.get(identity);
  if (record === undefined) return { kind: "executes", identity, keeps: "new" };
  if (record.went === "perhaps") return UNCLEAR;
  if (record.went === "yes") return { kind: "executes", identity, keeps: "new" };
  const expired = hasExpired(model, record, rules);
  if (expired === UNCLEAR) return UNCLEAR;
  const { afterExpiry } = rules.idempotency;
  if (expired && afterExpiry.kind === "refuse") {
    // How long a key is refused that is dead, nobody says; for ever would fill any memory.
    return isLongDead(model, record, rules) ? UNCLEAR : refuses(afterExpiry.status, "any");
  }
  if (expired) return { kind: "executes", identity, keeps: "new" };
  const same = sameRequest(record.first, sent, rules);
  if (same === UNCLEAR) return UNCLEAR;
  const known = { identity, record, sent, rules };
  return same ? onRepeat(model, known) : onMismatch(model, known);
}

/** What the key rule says of a request (I1 to I11, I15, I16), one at a time. */
export function judgeKey(model: Model, sent: Sent, rules: Rules): KeyJudged | Unclear {
  const { support, missing, malformed } = rules.idempotency;
  if (!looksAtKeys(sent, rules)) return { kind: "passes", identity: null };
  const found = findKey(sent, rules);
  if (found.kind === "none") {
    return support === "required"
      ? refuses(missing.status, ["key-missing"])
      : { kind: "passes", identity: null };
  }
  if (support === "rejected" || found.kind === "malformed") {
    return refuses(malformed.status, ["key-malformed"]);
  }
  return onKey(model, identityOf(found.key, sent, rules), sent, rules);
}
