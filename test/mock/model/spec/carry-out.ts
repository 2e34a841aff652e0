import { refusal, success } from "./answers.js";
import { successCauses } from "./effect-causes.js";
import { hasExpired } from "./life.js";
import { type Expected, type Seen, UNCLEAR } from "./model.js";
import { type Deed, thingOf } from "./resources.js";
import { THINGS } from "./rules.js";
import { currentOf, learn, remember, stateAfter, tokenIn } from "./tokens.js";
import { keep, NEW_ID, recordOf, type Step, type Way } from "./way.js";

/** Keys go with what they made, where the policy says so (I18); of keys that only wrote it, it says nothing. */
function dropKeys({ model, rules }: Way, thing: string): void {
  if (rules.idempotency.keyOutlivesResource) return;
  for (const [identity, record] of model.records) {
    if (record.thing !== thing) continue;
    // Nor whether a key is still known whose life is over anyway, or whose first request made the thing and failed.
    const goes = record.made && record.end === "2xx" && hasExpired(model, record, rules) === false;
    model.records.set(identity, { ...record, went: goes ? "yes" : "perhaps" });
  }
}

function takeEffect(way: Way): void {
  const { model, sent, claim } = way;
  model.effects.push({
    identity: claim?.identity ?? null,
    rawKey: sent.key?.raw ?? null,
    sent,
    at: model.nowMs,
  });
}

/** An id that the server made is known from the answer alone: where the new thing is. */
function idIn({ headers }: Seen): string {
  return headers.location?.split("/").at(-1) ?? NEW_ID;
}

/** A thing that was made by POST says where it is, and what it shows of itself has that id. */
function judgeLocation(seen: Seen): string | null {
  const { location = "" } = seen.headers;
  const id = seen.text === "" ? idIn(seen) : seen.json.id;
  return location === `${THINGS}/${id}` ? null : `expected the location of ${id}, found ${location}`;
}

function carryOutChange(way: Way, deed: Deed & { kind: "change" }, ends: "2xx" | "5xx"): Step {
  const { model, sent, rules, settles, fault } = way;
  const { change, created } = deed;
  const state = stateAfter(model, change, rules);
  if (state === UNCLEAR) return UNCLEAR;
  const changed = currentOf(model, change.thing) !== state;
  const causes = successCauses(way, changed);
  const record = recordOf(way, { executed: true, thing: change.thing, made: created });
  const gone = change.content === null;
  if (gone) settles.push(() => dropKeys(way, change.thing));
  if (keep(way, [ends], record) === UNCLEAR) return UNCLEAR;
  const isNew = change.thing === NEW_ID;
  // An id that the server made and that no answer showed could never be named again.
  if (isNew && ends === "5xx") return UNCLEAR;
  settles.push((seen) => {
    const thing = isNew ? idIn(seen) : change.thing;
    remember(model, thing, state);
    takeEffect(way);
    if (isNew) nameRecord(way, thing);
    const shows = ends === "2xx" && !gone && rules.concurrency.tokenInWriteResponse === true;
    if (shows) learn({ model, thing, version: state.version, rules }, tokenIn(seen, rules));
  });
  if (ends === "5xx") return failure(way, fault?.status ?? 503, true);
  const status = created && rules.success.status === 200 ? 201 : rules.success.status;
  const shown = { model, thing: change.thing, version: state.version, rules, content: change.content };
  const expected = success(sent, rules, { status, causes, state: shown });
  return { kind: "answer", expected: sent.path === THINGS ? withLocation(expected, isNew) : expected };
}

function withLocation(expected: Expected, isNew: boolean): Expected {
  const { also, ignoring } = expected;
  return {
    ...expected,
    ignoring: isNew ? [...ignoring, "id"] : ignoring,
    also: (seen) => judgeLocation(seen) ?? also?.(seen) ?? null,
  };
}

function nameRecord({ model, claim }: Way, thing: string): void {
  const record = claim === null ? undefined : model.records.get(claim.identity);
  if (claim !== null && record !== undefined && record.thing === NEW_ID) {
    model.records.set(claim.identity, { ...record, thing });
  }
}

function failure({ sent, rules }: Way, status: number, executed: boolean): Step {
  const expected = refusal(sent, rules, { status, causes: "any", ends: [] });
  return { kind: "answer", expected: { ...expected, executed } };
}

function carryOutExecution(way: Way, action: string, ends: "2xx" | "5xx"): Step {
  const { model, sent, rules, settles, fault } = way;
  if (keep(way, [ends], recordOf(way, { executed: true, thing: null, made: false })) === UNCLEAR)
    return UNCLEAR;
  const causes = successCauses(way, true);
  const count = model.executions.filter((each) => each.action === action).length + 1;
  settles.push(() => {
    takeEffect(way);
    model.executions.push({ action, key: sent.key?.raw ?? null });
  });
  if (ends === "5xx") return failure(way, fault?.status ?? 503, true);
  const expected = success(sent, rules, { status: rules.success.status, causes, state: null });
  const also = (seen: Seen): string | null =>
    expected.body !== null || (seen.json.actionId === action && seen.json.executions === count)
      ? null
      : `expected execution ${count} of ${action}, found ${seen.text}`;
  return { kind: "answer", expected: { ...expected, also } };
}

/** What happens behind the rules: the effect, or the fault that strikes it. */
export function carryOut(way: Way): Step {
  const { deed, fault } = way;
  if (deed.kind === "refused") return UNCLEAR;
  if (fault?.kind === "5xx-before") {
    const record = recordOf(way, { executed: false, thing: thingOf(way.sent.path), made: false });
    return keep(way, ["5xx"], record) === UNCLEAR ? UNCLEAR : failure(way, fault.status, false);
  }
  const ends = fault?.kind === "5xx-after" ? "5xx" : "2xx";
  return deed.kind === "execution"
    ? carryOutExecution(way, deed.action, ends)
    : carryOutChange(way, deed, ends);
}
