import type { KeyRecord, KeyState } from "./idempotency.js";
import { packRecord, unpackRecord } from "./record-codec.js";
import type { KeyStep, NewRecord, Step, StepResult } from "./shared-state.js";
import type { KeyStore } from "./store.js";

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
  /** Records whose requests run in this process, by token: only their owner writes them. */
  readonly running: Map<string, KeyRecord>;
}

/** The record on its way into the store. */
export function newRecordOf(record: KeyRecord, nowMs: number): NewRecord {
  const { token, keepUntilMs } = record;
  const keepForMs = keepUntilMs === null ? null : Math.max(1, Math.ceil(keepUntilMs - nowMs));
  return { token, text: packRecord(record), keepForMs };
}

/** The step that gives a running request's key its last state; null where this process does not hold it. */
export function endingStep(
  { running, nowMs }: Pick<KeySteps, "running" | "nowMs">,
  of: { readonly id: string; readonly token: string; readonly state: KeyState },
): Extract<KeyStep, { op: "replace" }> | null {
  const record = running.get(of.token);
  if (record === undefined) return null;
  const next = newRecordOf({ ...record, state: of.state }, nowMs());
  return { op: "replace", id: of.id, key: record.key, token: of.token, record: next };
}

function firstRecord({ records }: StepResult): KeyRecord | null {
  const [text] = records;
  return text === undefined ? null : unpackRecord(text);
}

/** A key store whose records lie in a state that several servers share. Its calls are steps of that state. */
export function createSharedKeyStore(steps: KeySteps): KeyStore {
  const { win, take, running, nowMs } = steps;
  const own = (record: KeyRecord): NewRecord => {
    running.set(record.token, record);
    return newRecordOf(record, nowMs());
  };
  return {
    get: async (id) => firstRecord(await take({ op: "get", id })),
    claim: async (id, makeRecord) => {
      const record = makeRecord();
      const result = await win({ op: "claim", id, key: record.key, record: own(record) });
      if (result.kind !== "held") return null;
      running.delete(record.token);
      return firstRecord(result);
    },
    replace: async (id, token, next) => {
      const key = next?.key ?? running.get(token)?.key ?? "";
      const taken = next !== null && next.token !== token;
      const record = next === null ? null : taken ? own(next) : newRecordOf(next, nowMs());
      const { kind } = await (taken ? win : take)({ op: "replace", id, key, token, record });
      if (kind !== "done" && taken) running.delete(next.token);
      return kind === "done";
    },
    setState: async (id, token, state) => {
      const step = endingStep(steps, { id, token, state });
      return step !== null && (await take(step)).kind === "done";
    },
    put: async (id, record) =>
      firstRecord(await win({ op: "put", id, key: record.key, record: own(record) })),
    find: async (key) => (await take({ op: "find", key })).records.map(unpackRecord),
    // The whole state is reset at once, keys and documents: see SharedState.
    clear: () => undefined,
  };
}

/** A step without what is not there. Pure. */
export function stepOf(parts: { readonly [Name in keyof Step]: Step[Name] | undefined }): Step {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined));
}
