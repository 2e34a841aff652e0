import type { OutcomeClass } from "../../../../src/policy/idempotency-policy.js";
import type { OrderWord } from "../../../../src/policy/policy.js";
import { looksAtKeys } from "./key.js";
import type { Causes, Expected, KeyRecord, Model, Revision, Seen } from "./model.js";
import { kindOfPath, type Rules } from "./rules.js";
import type { Sent } from "./sent.js";
import { judgeToken, offered, type State, tokenIn, tokenOf } from "./tokens.js";

/** An answer of which nothing is demanded; everything that a rule says is laid over it. */
export const ANSWER: Expected = {
  statuses: [],
  executed: false,
  causes: "any",
  headers: {},
  body: null,
  ignoring: [],
  movedBy: "any",
  also: null,
};

/**
 * Headers that the key rules add to each answer: the echo, and the mark, which is for replays. A server that does not
 * look at a key does not send it back either; whether one does that was refused before its key was read, nobody says.
 */
function keyHeaders(sent: Sent, rules: Rules, isReplay: boolean): Expected["headers"] {
  const { carrier, echo, replay } = rules.idempotency;
  const echoes = echo && carrier.kind === "header" && looksAtKeys(sent, rules);
  const echoed = echoes && sent.key !== null ? sent.key.raw : ("absent" as const);
  const unmarked =
    replay.where === "replays" ? { [(replay.marker ?? "x-none").toLowerCase()]: "absent" as const } : {};
  const marked = replay.marker === null ? {} : { [replay.marker.toLowerCase()]: "present" as const };
  return {
    ...(carrier.kind === "header" ? { [carrier.name.toLowerCase()]: echoed } : {}),
    ...(isReplay ? marked : unmarked),
  };
}

/**
 * A refusal by a rule. Under `graphql` it is a 200 that says so, but for a refused login, a rate limit and a server that
 * failed: those are HTTP's own.
 */
export interface Refusing {
  readonly status: number;
  readonly causes: Causes;
  /** How a key remembers it; where the documents leave open which, all that it may be. */
  readonly ends: readonly OutcomeClass[];
  /** The rule by which it is refused; none for what comes behind all rules. */
  readonly by?: OrderWord;
  readonly headers?: Expected["headers"];
  readonly movedBy?: Expected["movedBy"];
}

/** What a refused request gets. */
export function refusal(sent: Sent, rules: Rules, refusing: Refusing): Expected {
  const { status, causes, headers = {}, movedBy = "any", by = null } = refusing;
  const keyed = by === null || rules.order.indexOf(by) >= rules.order.indexOf("key");
  const hidden = rules.errors === "graphql" && status !== 401 && status !== 429 && status < 500;
  return {
    ...ANSWER,
    statuses: [hidden ? 200 : status],
    causes,
    movedBy,
    headers: { ...(keyed ? keyHeaders(sent, rules, false) : {}), ...headers },
  };
}

/** What a success shows. */
export interface Success {
  readonly status: number;
  readonly causes: Causes;
  /** The thing and its state; null for an execution. */
  readonly state: (State & Pick<Revision, "content">) | null;
}

/** Which token the answer to a write shows (C9). */
function writeToken(state: State, { concurrency }: Rules): (seen: Seen) => string | null {
  const { tokenInWriteResponse } = concurrency;
  if (tokenInWriteResponse === true) return (seen) => judgeToken(state, tokenIn(seen, state.rules));
  if (tokenInWriteResponse === false) {
    return (seen) => {
      const { etag, member } = tokenIn(seen, state.rules);
      return etag == null && member == null
        ? null
        : `expected no token, found ${JSON.stringify({ etag, member })}`;
    };
  }
  return (seen) => otherForm(state, seen);
}

function otherForm(state: State, seen: Seen): string | null {
  const known = tokenOf(state.model, state.thing, state.version)?.etag ?? null;
  const { etag } = tokenIn(seen, state.rules);
  if (etag === undefined) return null;
  const opaque = (text: string): string => text.replace(/^W\//, "");
  if (etag === null) return "expected the token in another form, found none";
  if (known === null) return null;
  return etag !== known && opaque(etag) === opaque(known)
    ? null
    : `expected another form of ${known}, found ${etag}`;
}

/** What is shown of a thing. */
function representation(state: State & Pick<Revision, "content">): Pick<Expected, "body" | "ignoring"> {
  const { member } = offered(state.rules);
  return { body: { json: { id: state.thing, ...state.content } }, ignoring: member === null ? [] : [member] };
}

/** What a write that was carried out gets. */
export function success(sent: Sent, rules: Rules, { status, causes, state }: Success): Expected {
  const marks = keyHeaders(sent, rules, false);
  const empty = rules.success.body === "empty" || status === 204;
  const base = { ...ANSWER, statuses: [status], executed: true, causes, headers: marks };
  if (state === null || state.content === null) {
    const headers = { ...marks, etag: "absent" as const };
    return { ...base, headers, body: empty ? { text: "" } : null };
  }
  return {
    ...base,
    ...(empty ? { body: { text: "" } } : representation(state)),
    also: writeToken(state, rules),
  };
}

/** A read of what exists. */
export function reading(sent: Sent, rules: Rules, state: State & Pick<Revision, "content">): Expected {
  return {
    ...ANSWER,
    statuses: [200],
    causes: [null, "stale-read"],
    headers: keyHeaders(sent, rules, false),
    ...representation(state),
    also: (seen) => judgeToken(state, tokenIn(seen, rules)),
  };
}

function correlation(first: Seen | null, rules: Rules): (seen: Seen) => string | null {
  const { correlationId } = rules.idempotency.replay;
  return ({ headers }) => {
    const id = headers["inin-correlation-id"];
    if (first === null) return null;
    const same = id === first.headers["inin-correlation-id"];
    if (same !== (correlationId === "original"))
      return `expected a ${correlationId} correlation ID, found ${id}`;
    const original = headers["x-original-correlation-id"];
    const wanted = correlationId === "both" ? first.headers["inin-correlation-id"] : undefined;
    return original === wanted ? null : `expected the original ID ${wanted}, found ${original}`;
  };
}

/** What a replay shows (I12 to I14). `now`: the thing of a replay that shows the state of now. */
export function replayed(
  sent: Sent,
  rules: Rules,
  of: {
    readonly record: KeyRecord;
    readonly causes: Causes;
    readonly now: (State & Pick<Revision, "content">) | null;
  },
): Expected {
  const { record, causes, now } = of;
  const { answer } = record;
  const status = rules.idempotency.replay.status === 200 ? 200 : (answer?.status ?? null);
  const base = {
    ...ANSWER,
    statuses: status === null ? [] : [status],
    causes,
    headers: keyHeaders(sent, rules, true),
  };
  const sameId = correlation(answer, rules);
  if (now !== null && rules.success.body === "representation") {
    const token = writeToken(now, rules);
    return { ...base, ...representation(now), also: (seen) => sameId(seen) ?? token(seen) };
  }
  const snapshot = rules.idempotency.replay.content === "snapshot" || kindOfPath(sent.path) === "action";
  if (answer === null || !snapshot) return { ...base, also: sameId };
  const etag = answer.headers.etag ?? ("absent" as const);
  return { ...base, headers: { ...base.headers, etag }, body: { text: answer.text }, also: sameId };
}

/** Whoever wrote first after the state that a stale token is of. */
export function moverOf(
  model: Model,
  thing: string,
  version: string | null,
  sent: Sent,
  rules: Rules,
): Expected["movedBy"] {
  const states = model.things.get(thing) ?? [];
  const from = states.findIndex((state) => state.version === version);
  if (
    sent.auth !== "valid" ||
    rules.concurrency.meaning !== "revision" ||
    from === -1 ||
    rules.concurrency.granularity === "field"
  )
    return "any";
  const missed = states[from + 1];
  if (missed === undefined) return "any";
  return [missed.by === sent.principal ? "own-write" : "other-writer"];
}
