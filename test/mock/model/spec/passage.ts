import type { OrderWord } from "../../../../src/policy/policy.js";
import { moverOf, type Refusing, refusal, replayed } from "./answers.js";
import { carryOut } from "./carry-out.js";
import { countFaults, faultFor } from "./faults.js";
import { looksAtKeys } from "./key.js";
import { judgeKey } from "./life.js";
import { countInMinute } from "./minutes.js";
import {
  type Expected,
  type KeyRecord,
  type Model,
  type Prediction,
  type Seen,
  UNCLEAR,
  type Unclear,
} from "./model.js";
import { judgePrecondition } from "./precondition.js";
import { deedOf, thingOf } from "./resources.js";
import { type Rules, rulesFor } from "./rules.js";
import type { Sent } from "./sent.js";
import { contentOf, currentOf } from "./tokens.js";
import { NEW_ID, ON, refuse, type Step, type Way } from "./way.js";

function passAuth(way: Way): Step {
  if (way.sent.auth === "valid") return ON;
  return refuse(way, { status: 401, causes: ["token-invalid"], ends: ["4xx", "validation"], by: "auth" });
}

function rateRefusal(retryAfter: string): Refusing {
  const headers = { "retry-after": retryAfter };
  return { status: 429, causes: ["rate-limited"], ends: ["429"], headers, by: "rateLimit" };
}

function passRate(way: Way): Step {
  // Whose minute a request without a good token uses up, nobody says.
  if (way.sent.auth !== "valid" && way.rules.rateLimit !== null) return UNCLEAR;
  if (way.fault?.kind === "429") return refuse(way, rateRefusal("present"));
  const passed = countInMinute(way);
  if (passed === UNCLEAR) return UNCLEAR;
  return passed.retryAfter === null ? ON : refuse(way, rateRefusal(passed.retryAfter));
}

function now(way: Way, record: KeyRecord): Parameters<typeof replayed>[2]["now"] | Unclear {
  const { model, rules } = way;
  if (rules.idempotency.replay.content === "snapshot" || record.end !== "2xx" || record.thing === null)
    return null;
  const current = currentOf(model, record.thing);
  if (current?.content == null) return record.answered.method === "DELETE" ? null : UNCLEAR;
  if (record.answered.method === "DELETE") return null;
  const { method, path } = record.answered;
  const shown = { ...rules, concurrency: rulesFor(model.policy, method, path).concurrency };
  return { model, thing: record.thing, rules: shown, version: current.version, content: current.content };
}

function passKey(way: Way): Step {
  const { model, sent, rules, settles } = way;
  // Whose key it is, nobody knows before the token was looked at.
  const anonymous = sent.auth !== "valid" && rules.order.indexOf("key") < rules.order.indexOf("auth");
  if (anonymous && rules.idempotency.scope.some((part) => part === "principal" || part === "account"))
    return UNCLEAR;
  // A key in a body that cannot be read.
  const { carrier } = rules.idempotency;
  if (carrier.kind === "body" && sent.body?.broken === true && looksAtKeys(sent, rules)) return UNCLEAR;
  const judged = judgeKey(model, sent, rules);
  if (judged === UNCLEAR) return UNCLEAR;
  if (judged.kind === "passes") return ON;
  if (judged.kind === "executes") {
    way.claim = judged;
    return ON;
  }
  settles.push(judged.take);
  if (judged.kind === "refuses") {
    const refusing = { status: judged.status, causes: judged.causes, ends: [] };
    return { kind: "answer", expected: { ...refusal(sent, rules, refusing), also: judged.also } };
  }
  const shown = now(way, judged.record);
  if (shown === UNCLEAR) return UNCLEAR;
  return { kind: "answer", expected: replayed(sent, rules, { ...judged, now: shown }) };
}

function passValidation(way: Way): Step {
  if (way.sent.body?.broken !== true) return ON;
  if (way.deed.kind === "refused") return UNCLEAR;
  return refuse(way, { status: 400, causes: ["invalid-request"], ends: ["validation"], by: "validation" });
}

/** C13: what a refusal of an outdated token tells. */
function hintHeaders(way: Way, thing: string): Expected["headers"] {
  const { model, rules } = way;
  const { outcome, hint } = rules.concurrency.stale;
  if (outcome !== "refuse") return {};
  if (hint === "retry-after") return { "retry-after": "present" };
  const { validator } = rules.concurrency;
  const hasEtag = validator.kind.startsWith("etag") || ("etag" in validator && validator.etag !== "none");
  const exists = contentOf(model, thing) !== null;
  return hint === "current-token" && hasEtag && exists ? { etag: "present" } : { "retry-after": "absent" };
}

function passPrecondition(way: Way): Step {
  const { model, sent, rules, deed } = way;
  const thing = thingOf(sent.path);
  if (thing === null || (deed.kind === "refused" && deed.why === "missing")) return ON;
  const readsBody = rules.concurrency.readFrom.some(({ kind }) => kind === "body");
  const byMembers = rules.concurrency.granularity === "field";
  if (sent.body?.broken === true && (readsBody || byMembers)) return UNCLEAR;
  const judged = judgePrecondition(model, thing, sent, rules);
  if (judged === UNCLEAR) return UNCLEAR;
  if (judged.kind === "passes") {
    way.passed = judged;
    return ON;
  }
  const headers = judged.stale ? hintHeaders(way, thing) : {};
  const movedBy = judged.stale ? moverOf(model, thing, judged.staleOf, sent, rules) : "any";
  return refuse(way, {
    status: judged.status,
    causes: judged.causes,
    ends: ["4xx"],
    headers,
    movedBy,
    by: "precondition",
  });
}

const STEPS: Readonly<Record<OrderWord, (way: Way) => Step>> = {
  auth: passAuth,
  rateLimit: passRate,
  key: passKey,
  validation: passValidation,
  precondition: passPrecondition,
  // Things have no state that could lock them.
  lock: () => ON,
};

const LOOKS_AT_THINGS: readonly OrderWord[] = ["validation", "precondition", "lock"];

/** The rule that finds that a thing is not there: the first that looks at things. */
export function missedBy({ order }: Rules): OrderWord {
  return order.find((each) => LOOKS_AT_THINGS.includes(each)) ?? "validation";
}

/**
 * RFC 9110, 13.2.1: conditions count only where the request would succeed without them, so that what is not there is
 * told first. That an id is taken is found in the body, by validation.
 */
function passExistence(way: Way, word: OrderWord): Step {
  const { deed, rules, sent } = way;
  const isMissing = deed.kind === "refused" && deed.why === "missing";
  if (deed.kind !== "refused" || word !== (isMissing ? missedBy(rules) : "validation")) return ON;
  if (sent.body?.broken === true) return UNCLEAR;
  const ends = isMissing ? (["validation"] as const) : (["4xx"] as const);
  return refuse(way, { status: deed.status, causes: deed.causes, ends, by: word });
}

function go(way: Way): Step {
  for (const word of way.rules.order) {
    const found = passExistence(way, word);
    if (found === UNCLEAR || found.kind === "answer") return found;
    const step = STEPS[word](way);
    if (step === UNCLEAR || step.kind === "answer") return step;
  }
  return carryOut(way);
}

/** What happens to a write: its way through the rules in the policy's order (C15), and what it does behind them. */
export function predictWrite(model: Model, sent: Sent): Prediction | Unclear {
  const rules = rulesFor(model.policy, sent.method, sent.path);
  const way: Way = {
    model,
    sent,
    rules,
    deed: deedOf(model, sent, rules, NEW_ID),
    fault: faultFor(model, sent),
    settles: [],
    claim: null,
    passed: { kind: "passes", staleIgnored: false, unmatched: false, staleOf: null },
  };
  const step = go(way);
  if (step === UNCLEAR || step.kind === "on") return UNCLEAR;
  const settle = (seen: Seen): void => {
    for (const each of way.settles) each(seen);
    countFaults(model, sent);
    model.sent.push(sent);
    if (way.claim !== null) model.attempted.add(way.claim.identity);
  };
  return { expected: step.expected, settle };
}
