import { type Field, items, member, numberIn, placeOf, plainTextIn, textIn } from "../document/field.js";
import { readCaptures } from "./read-captures.js";
import { readExpectations, readReasons } from "./read-expect.js";
import { readMutations } from "./read-mutations.js";
import { type DefaultHeaders, readRequest } from "./read-request.js";
import { type Reading, readDuration, report } from "./reading.js";
import type { Retry, Step, StepOptions } from "./scenario.js";

/** What holds of a retry where the file says nothing: the values that the format's documentation shows. */
const RETRY_DEFAULTS: Retry = {
  on: [409, 429, "5xx", "network"],
  max: 5,
  backoff: { initialMs: 100, factor: 2, maxMs: 5_000, jitter: "full" },
  respectRetryAfter: true,
  reread: null,
  newKey: false,
};

function readFlag(field: Field | null, absent: boolean): boolean {
  return typeof field?.value === "boolean" ? field.value : absent;
}

function readBackoff(field: Field | null): Retry["backoff"] {
  const { backoff } = RETRY_DEFAULTS;
  return {
    initialMs: readDuration(member(field, "initial")) ?? backoff.initialMs,
    factor: numberIn(member(field, "factor")) ?? backoff.factor,
    maxMs: readDuration(member(field, "max")) ?? backoff.maxMs,
    jitter: textIn(member(field, "jitter")) === "none" ? "none" : backoff.jitter,
  };
}

/** What a step is called everywhere that is named where the reading stands. */
function nameOf(reading: Reading, field: Field | null): string | null {
  const id = textIn(field);
  return id === null ? null : (reading.resolve?.(id) ?? id);
}

function readRetry(reading: Reading, field: Field | null): Retry | null {
  if (field === null) return null;
  return {
    on: member(field, "on") === null ? RETRY_DEFAULTS.on : readReasons(member(field, "on")),
    max: numberIn(member(field, "max")) ?? RETRY_DEFAULTS.max,
    backoff: readBackoff(member(field, "backoff")),
    respectRetryAfter: readFlag(member(field, "respectRetryAfter"), RETRY_DEFAULTS.respectRetryAfter),
    reread: nameOf(reading, member(field, "reread")),
    newKey: readFlag(member(field, "newKey"), RETRY_DEFAULTS.newKey),
  };
}

/** A time-out of no length would end every request before it began. */
export function readTimeout(reading: Reading, field: Field | null): number | null {
  const timeoutMs = readDuration(field);
  if (field !== null && timeoutMs === 0)
    report(reading, field, "found a time-out of no length, expected more than 0ms");
  return timeoutMs;
}

function readAbort(field: Field | null): StepOptions["abort"] {
  return textIn(field) === "sent" ? "sent" : readDuration(field);
}

function readAuth(field: Field | null): StepOptions["auth"] {
  const auth = textIn(field);
  return auth === "none" || auth === "invalid" || auth === "expired" ? auth : "valid";
}

function readOptions(reading: Reading, field: Field, id: string): StepOptions {
  return {
    id,
    at: placeOf(field),
    captures: readCaptures(reading, member(field, "capture")),
    expectations: readExpectations(reading, member(field, "expect")),
    retry: readRetry(reading, member(field, "retry")),
    times: numberIn(member(field, "times")) ?? 1,
    timeoutMs: readTimeout(reading, member(field, "timeout")),
    abort: readAbort(member(field, "abort")),
    as: textIn(member(field, "as")),
    auth: readAuth(member(field, "auth")),
    fault: plainTextIn(member(field, "fault")),
  };
}

/** Reads one step; null where its kind cannot be told or its main field cannot be read. */
export function readStep(
  reading: Reading,
  field: Field,
  more: { readonly id: string; readonly defaults: DefaultHeaders },
): Step | null {
  const { id, defaults } = more;
  const at = placeOf(field);
  if (member(field, "wait") !== null) {
    const durationMs = readDuration(member(field, "wait"));
    return durationMs === null ? null : { kind: "wait", id, at, durationMs };
  }
  const compare = member(field, "compare");
  if (compare !== null)
    return { kind: "compare", id, at, steps: items(compare).flatMap((each) => textIn(each) ?? []) };
  const repeat = member(field, "repeat");
  const of = nameOf(reading, repeat);
  if (repeat !== null) {
    const mutations = readMutations(reading, member(field, "mutate"));
    const options = readOptions(reading, field, id);
    return of === null ? null : { kind: "repeat", of, mutations, ...options };
  }
  const request = readRequest(reading, field, defaults);
  const options = readOptions(reading, field, id);
  return request === null ? null : { kind: "request", request, ...options };
}
