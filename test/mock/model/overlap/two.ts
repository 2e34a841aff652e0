import type { ConcurrencyPolicy } from "../../../../src/policy/concurrency-policy.js";
import type { IdempotencyPolicy } from "../../../../src/policy/idempotency-policy.js";

/** The dimensions that show only where requests overlap. */
export type Overlapping = Pick<IdempotencyPolicy, "inFlight" | "inFlightOrder" | "claim"> &
  Pick<ConcurrencyPolicy, "check">;

/** One of two requests: executions of an action, or writes of one thing under one token. */
export interface Request {
  readonly on: "action" | "thing";
  readonly key: string | null;
  readonly value: number;
  /** Whether it says which version it is for; both mean the one that is there before either. */
  readonly conditional: boolean;
}

/** How far a request has come: asleep between look-up and claim, at work, asleep between check and write, or done. */
type Phase = "absent" | "claiming" | "working" | "writing" | "waiting" | "answered";

/** What a request gets. */
export interface Outcome {
  readonly status: number;
  readonly executed: boolean;
  /** Null in the list is a plain success; `any`: nothing says. */
  readonly causes: readonly (string | null)[] | "any";
  readonly retryAfter: boolean;
  /** Who made a token outdated: one who was under way at the same time is another writer. */
  readonly movedBy: "other-writer" | "own-write" | null;
  /** The value that the answer shows; null where nobody says. */
  readonly shows: number | null;
}

interface Side {
  readonly request: Request;
  phase: Phase;
  outcome: Outcome | null;
}

interface KeyRecord {
  readonly owner: number;
  readonly value: number;
  done: boolean;
}

/** Two requests on their way, told step by step from policy.md: claim, work, check, write. */
export interface Two {
  readonly policy: Overlapping;
  readonly sides: readonly [Side, Side];
  readonly records: Map<string, KeyRecord>;
  /** How often the thing was written. */
  writes: number;
  /** Whether the second came before the first was answered. */
  met: boolean;
}

/** Two requests, neither of them sent. */
export function newTwo(policy: Overlapping, requests: readonly [Request, Request]): Two {
  const [first, second] = requests;
  const side = (request: Request): Side => ({ request, phase: "absent", outcome: null });
  return { policy, sides: [side(first), side(second)], records: new Map(), writes: 0, met: false };
}

/** The statuses that the policies of this test give. */
export const STALE = 412;
export const MISMATCH = 422;

function sideOf({ sides }: Two, who: number): Side {
  return who === 0 ? sides[0] : sides[1];
}

function answer(two: Two, who: number, outcome: Partial<Outcome> & Pick<Outcome, "status" | "causes">): void {
  const side = sideOf(two, who);
  side.phase = "answered";
  side.outcome = { executed: false, retryAfter: false, movedBy: null, shows: null, ...outcome };
}

function keyOf({ request: { key, on } }: Side): string | null {
  return key === null ? null : `${key} ${on}`;
}

/** I10: with check-then-set whoever looked up before either claimed claims too. */
function claim(two: Two, who: number): void {
  const side = sideOf(two, who);
  const key = keyOf(side);
  if (key !== null) two.records.set(key, { owner: who, value: side.request.value, done: false });
  side.phase = "working";
}

function mismatch(two: Two, who: number): void {
  answer(two, who, { status: MISMATCH, causes: ["key-reused-body-changed"] });
}

/** The first request is done: the same gets its answer. */
function replay(two: Two, who: number, record: KeyRecord): void {
  const first = sideOf(two, record.owner);
  const same = record.value === sideOf(two, who).request.value;
  const causes = [same ? "stored-answer-returned" : "replay-of-other-body"];
  answer(two, who, { status: first.outcome?.status ?? 0, causes, shows: record.value });
}

/** I8, I9: the first request with the key is not answered yet. */
function meetInFlight(two: Two, who: number, record: KeyRecord): void {
  const side = sideOf(two, who);
  const { inFlight, inFlightOrder } = two.policy;
  const same = record.value === side.request.value;
  if (inFlightOrder === "fingerprint-first" && !same) mismatch(two, who);
  else if (inFlight.outcome === "wait") side.phase = "waiting";
  else if (inFlight.outcome === "refuse") {
    const retryAfter = inFlight.retryAfterMs !== null;
    answer(two, who, { status: inFlight.status, causes: ["key-in-flight"], retryAfter });
  } else {
    side.phase = "working";
  }
}

/** A request arrives: its key is looked up. */
export function arrive(two: Two, who: number): void {
  const side = sideOf(two, who);
  two.met ||= !["absent", "answered"].includes(sideOf(two, 1 - who).phase);
  const key = keyOf(side);
  const record = key === null ? undefined : two.records.get(key);
  if (record === undefined) {
    if (key !== null && two.policy.claim.kind === "check-then-set") side.phase = "claiming";
    else claim(two, who);
  } else if (!record.done) meetInFlight(two, who, record);
  else if (record.value === side.request.value) replay(two, who, record);
  else mismatch(two, who);
}

/** Whoever waited for a key goes on once its first request is done. */
function wake(two: Two, record: KeyRecord | undefined): void {
  const other = two.sides.findIndex((side) => side.phase === "waiting");
  if (other === -1) return;
  if (record === undefined) arrive(two, other);
  else if (two.policy.inFlightOrder === "neither" || record.value === sideOf(two, other).request.value) {
    replay(two, other, record);
  } else mismatch(two, other);
}

/** A request that is refused is forgotten under its key: the policies of this test forget a 4xx. */
function settle(two: Two, who: number, end: "done" | "forgotten"): void {
  const key = keyOf(sideOf(two, who));
  const record = key === null ? undefined : two.records.get(key);
  if (key === null || record?.owner !== who) return;
  if (end === "forgotten") two.records.delete(key);
  else record.done = true;
  wake(two, end === "done" ? record : undefined);
}

/** What a trace calls two effects under one key; null where the two have not one key. */
export function calledTwice({ sides: [one, two] }: Two): string | null {
  if (keyOf(one) === null || keyOf(one) !== keyOf(two)) return null;
  return one.request.value === two.request.value ? "executed-twice" : "executed-other-body";
}

/** Which of two effects is the second, the one that came later or the one that was done later, nobody says. */
function effectCauses(two: Two, who: number): Outcome["causes"] {
  if (sideOf(two, who).request.on === "thing") return "any";
  const twice = calledTwice(two);
  return twice === null ? [null] : [null, twice];
}

function write(two: Two, who: number): void {
  const { request } = sideOf(two, who);
  const causes = effectCauses(two, who);
  two.writes += request.on === "thing" ? 1 : 0;
  answer(two, who, { status: 200, executed: true, causes, shows: request.value });
  settle(two, who, "done");
}

/** C11: the token is compared when the work is done, and the write is the same step unless the policy says otherwise. */
function check(two: Two, who: number): void {
  const side = sideOf(two, who);
  const { conditional, on } = side.request;
  if (conditional && on === "thing" && two.writes > 0) {
    const movedBy = two.met ? "other-writer" : "own-write";
    answer(two, who, { status: STALE, causes: ["stale-etag"], movedBy });
    settle(two, who, "forgotten");
  } else if (two.policy.check.kind === "check-then-set" && on === "thing") side.phase = "writing";
  else write(two, who);
}

/** A request that slept goes on. */
export function goOn(two: Two, who: number): void {
  const { phase } = sideOf(two, who);
  if (phase === "claiming") claim(two, who);
  else if (phase === "working") check(two, who);
  else if (phase === "writing") write(two, who);
}

/** Those that can be woken now. */
export function asleep({ sides }: Two): readonly number[] {
  return [0, 1].filter((who) => ["claiming", "working", "writing"].includes(sides[who]?.phase ?? ""));
}
