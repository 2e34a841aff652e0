import type { Claim, KeyRecord } from "./idempotency.js";
import { packRecord, unpackRecord } from "./record-codec.js";
import type { KeyStep, NewRecord, Step, StepResult } from "./shared-state.js";
import type { KeyStore, NextRecord } from "./store.js";

/** The step was stopped before it came to the key: the login was revoked, or too many requests came. */
export class StepStopped extends Error {
  override readonly name = "StepStopped";
}

/** How the key store of one request reaches the shared state. */
export interface KeySteps {
  readonly nowMs: () => number;
  /** Takes a step that may win the key: whatever the request needs besides goes along. */
  readonly win: (key: KeyStep) => Promise<StepResult>;
  /** Takes any other step. */
  readonly take: (key: KeyStep) => Promise<StepResult>;
}

/** The key store of one request. Each call is a step of a state that several servers share. */
export interface SharedKeyStore extends KeyStore {
  /** The step that ends a claim; null where its record stays, or is another one's by now. */
  readonly ending: (claim: Claim, next: NextRecord) => KeyStep | null;
  /** Takes in what a step of this request's key told, and gives the record that is there; null for none. */
  readonly see: (result: StepResult) => KeyRecord | null;
  /** True where the lease of this request's claim was over when another one took the key, as a step told. */
  readonly isOverdue: (result: StepResult) => boolean;
}

/**
 * The longest that a record is kept by the store's own clock; a record of a longer life is kept for ever. A life of
 * millions of years is valid in a policy and would be too large a number for Redis.
 */
const LONGEST_KEPT_MS = 10 * 365 * 24 * 3_600_000;

function newRecordOf(record: KeyRecord, nowMs: number): NewRecord {
  const forMs = record.keepUntilMs === null ? null : Math.max(1, Math.ceil(record.keepUntilMs - nowMs));
  const keepForMs = forMs === null || forMs > LONGEST_KEPT_MS ? null : forMs;
  return { text: packRecord(record), keepForMs };
}

/** A record as this request last saw or wrote it. A request has one key, so one is enough. */
interface Seen {
  readonly record: KeyRecord;
  readonly stamp: string;
}

/** Others may touch a record that is not theirs (its last use, its fingerprint), but not without end. */
const MOST_TRIES = 100;

/** Makes the key store of one request. */
export function createSharedKeyStore({ win, take, nowMs }: KeySteps): SharedKeyStore {
  let seen: Seen | null = null;
  let leaseUntilMs: number | null = null;
  const see = ({ records }: StepResult): KeyRecord | null => {
    const [found] = records;
    seen = found === undefined ? null : { record: unpackRecord(found.text), stamp: found.stamp };
    return seen?.record ?? null;
  };
  const stored = (record: KeyRecord, { stamp }: StepResult): void => {
    seen = { record, stamp };
  };
  const won = (record: KeyRecord, result: StepResult): void => {
    stored(record, result);
    leaseUntilMs = record.state.kind === "in-flight" ? record.state.leaseUntilMs : null;
  };
  const isSeen = (token: string): boolean => seen?.record.token === token;
  const changedBy = (token: string, next: NextRecord): KeyRecord | null =>
    seen === null || !isSeen(token) ? null : next(seen.record);
  const replacing = (id: string, next: KeyRecord | null): KeyStep => ({
    op: "replace",
    id,
    key: seen?.record.key ?? "",
    stamp: seen?.stamp ?? "",
    record: next === null ? null : newRecordOf(next, nowMs()),
  });
  const replace = async (id: string, token: string, next: KeyRecord | null): Promise<boolean> => {
    if (!isSeen(token)) return false;
    const isWon = next !== null && next.token !== token;
    const result = await (isWon ? win : take)(replacing(id, next));
    if (result.kind === "held") {
      see(result);
      return false;
    }
    if (next === null) seen = null;
    else (isWon ? won : stored)(next, result);
    return true;
  };
  return {
    see,
    // Whoever takes a key over begins its record anew, by the clock that told it that the lease was over.
    isOverdue: (result) =>
      leaseUntilMs !== null && (see(result)?.createdAtMs ?? result.nowMs) >= leaseUntilMs,
    replace,
    get: async (id) => see(await take({ op: "get", id })),
    claim: async (id, makeRecord) => {
      const record = makeRecord();
      const result = await win({ op: "claim", id, key: record.key, record: newRecordOf(record, nowMs()) });
      if (result.kind === "held") return see(result);
      won(record, result);
      return null;
    },
    put: async (id, record) => {
      const result = await win({ op: "put", id, key: record.key, record: newRecordOf(record, nowMs()) });
      const before = see(result);
      won(record, result);
      return before;
    },
    change: async (id, token, next) => {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const changed = changedBy(token, next);
        if (changed === null) return false;
        if (await replace(id, token, changed)) return true;
      }
      return false;
    },
    ending: ({ id, token }, next) => {
      const changed = changedBy(token, next);
      return changed === null ? null : replacing(id, changed);
    },
    find: async (key) => (await take({ op: "find", key })).records.map(({ text }) => unpackRecord(text)),
    // The whole state is reset at once, keys and documents: see SharedState.
    clear: () => undefined,
  };
}

/** Parts of a step, of which any may be missing. */
export type StepParts = { readonly [Name in keyof Step]?: Step[Name] | undefined };

/** A step without what is not there. Pure. */
export function stepOf(parts: StepParts): Step {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}
