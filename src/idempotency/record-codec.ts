import type { HeaderList } from "../core/http.js";
import type { OutcomeClass } from "../policy/idempotency-policy.js";
import type { BodyPrint, FirstRequest, KeyRecord, KeyState, StoredAnswer } from "./idempotency.js";

/** The first member of each packed record: another number means another order of members. */
const EDITION = 1;

const OUTCOMES: ReadonlySet<unknown> = new Set<OutcomeClass>(["validation", "2xx", "4xx", "429", "5xx"]);

/** Members by their place, as they were read. */
type Members = readonly unknown[];

function packBody(body: BodyPrint): unknown {
  return body.kind === "kept" ? body.latin1 : [body.bytes, body.canonical, body.compared];
}

function packFirst({ method, path, query, headers, body }: FirstRequest): Members {
  return [method, path, query, headers, packBody(body)];
}

function packAnswer({ status, headers, body, correlationId, resource }: StoredAnswer): Members {
  return [status, headers, body, correlationId, resource];
}

function packState(state: KeyState): Members {
  switch (state.kind) {
    case "in-flight":
      return [state.kind, state.leaseUntilMs, state.stuck];
    case "released":
      return [state.kind, state.effect];
    case "ended": {
      const { kind, outcome, status, delivered, effect, resource, answer } = state;
      const packed = answer === null ? null : packAnswer(answer);
      return [kind, outcome, status, delivered, effect, resource, packed];
    }
  }
}

/** A record as one line of JSON: an array without the members' names, led by the number of its edition. Pure. */
export function packRecord(record: KeyRecord): string {
  const { key, account, first, answered, earlier, state, token } = record;
  const times = [record.createdAtMs, record.lastUsedAtMs, record.keepUntilMs];
  const others = [answered && packFirst(answered), earlier && packBody(earlier)];
  const packed = [EDITION, key, account, token, ...times, packFirst(first), packState(state), ...others];
  return JSON.stringify(packed);
}

/** What was found, short enough for one line. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= 60 ? text : `${text.slice(0, 60)}...`;
}

function unusable(what: string, found: unknown, expected: string): Error {
  return new Error(`not a packed key record: ${what} is ${shown(found)}, expected ${expected}`);
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== "string") throw unusable(what, value, "text");
  return value;
}

function numberOf(value: unknown, what: string): number {
  if (typeof value !== "number") throw unusable(what, value, "a number");
  return value;
}

function flagOf(value: unknown, what: string): boolean {
  if (typeof value !== "boolean") throw unusable(what, value, "true or false");
  return value;
}

function membersOf(value: unknown, what: string, count?: number): Members {
  if (!Array.isArray(value)) throw unusable(what, value, "a list");
  if (count !== undefined && value.length !== count) {
    throw unusable(what, value, `${count} members, found ${value.length}`);
  }
  return value;
}

function orNull<T>(value: unknown, what: string, read: (value: unknown, what: string) => T): T | null {
  return value === null ? null : read(value, what);
}

function unpackBody(value: unknown): BodyPrint {
  if (typeof value === "string") return { kind: "kept", latin1: value };
  const [bytes, canonical, compared] = membersOf(value, "the body", 3);
  return {
    kind: "digests",
    bytes: textOf(bytes, "the body's digest"),
    canonical: textOf(canonical, "the digest of the body's value"),
    compared: textOf(compared, "the digest of what is compared"),
  };
}

function unpackFirst(value: unknown): FirstRequest {
  const [method, path, query, headers, body] = membersOf(value, "the first request", 5);
  return {
    method: textOf(method, "the method"),
    path: textOf(path, "the path"),
    query: textOf(query, "the query"),
    headers: membersOf(headers, "the headers").map((each) => orNull(each, "a header", textOf)),
    body: unpackBody(body),
  };
}

function unpackHeaders(value: unknown): HeaderList {
  return membersOf(value, "the answer's headers").map((line) => {
    const [name, text] = membersOf(line, "a header of the answer", 2);
    return [textOf(name, "a header's name"), textOf(text, "a header's value")];
  });
}

function unpackAnswer(value: unknown): StoredAnswer {
  const [status, headers, body, correlationId, resource] = membersOf(value, "the answer", 5);
  return {
    status: numberOf(status, "the answer's status"),
    headers: unpackHeaders(headers),
    body: textOf(body, "the answer's body"),
    correlationId: textOf(correlationId, "the correlation ID"),
    resource: orNull(resource, "the answer's resource", textOf),
  };
}

function outcomeOf(value: unknown): OutcomeClass {
  if (!OUTCOMES.has(value)) throw unusable("the outcome", value, [...OUTCOMES].join(", "));
  return value as OutcomeClass;
}

function unpackEnded(value: unknown): KeyState {
  const [kind, outcome, status, delivered, effect, resource, answer] = membersOf(value, "the state", 7);
  if (kind !== "ended") throw unusable("the state", kind, '"in-flight", "released" or "ended"');
  return {
    kind,
    outcome: outcomeOf(outcome),
    status: numberOf(status, "the status"),
    delivered: flagOf(delivered, "whether it was delivered"),
    effect: flagOf(effect, "whether it had an effect"),
    resource: orNull(resource, "the resource", textOf),
    answer: orNull(answer, "the answer", unpackAnswer),
  };
}

function unpackState(value: unknown): KeyState {
  const [kind] = membersOf(value, "the state");
  if (kind === "in-flight") {
    const [, leaseUntilMs, stuck] = membersOf(value, "the state", 3);
    return {
      kind,
      leaseUntilMs: orNull(leaseUntilMs, "the end of the lease", numberOf),
      stuck: flagOf(stuck, "whether it is stuck"),
    };
  }
  if (kind === "released") {
    const [, effect] = membersOf(value, "the state", 2);
    return { kind, effect: flagOf(effect, "whether it had an effect") };
  }
  return unpackEnded(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`not a packed key record: found ${shown(text)}, expected JSON`, { cause: error });
  }
}

/** A record out of what {@link packRecord} wrote. Pure. @throws Error for anything else: what was found, and where. */
export function unpackRecord(text: string): KeyRecord {
  const members = membersOf(parsed(text), "it");
  if (members[0] !== EDITION) throw unusable("its edition", members[0], `${EDITION}`);
  const [, key, account, token, createdAtMs, lastUsedAtMs, keepUntilMs, ...requests] = membersOf(
    members,
    "it",
    11,
  );
  const [first, state, answered, earlier] = requests;
  return {
    key: textOf(key, "the key"),
    account: textOf(account, "the account"),
    first: unpackFirst(first),
    answered: orNull(answered, "the answered request", unpackFirst),
    earlier: orNull(earlier, "the body of an earlier effect", unpackBody),
    state: unpackState(state),
    createdAtMs: numberOf(createdAtMs, "the first use"),
    lastUsedAtMs: numberOf(lastUsedAtMs, "the last use"),
    keepUntilMs: orNull(keepUntilMs, "the end of its keeping", numberOf),
    token: textOf(token, "the token"),
  };
}
