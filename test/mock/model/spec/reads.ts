import { ANSWER, reading, refusal } from "./answers.js";
import { countFaults, faultFor } from "./faults.js";
import { askedKey, predictLookup } from "./lookup.js";
import { countInMinute } from "./minutes.js";
import type { Expected, Model, Prediction, Seen } from "./model.js";
import { UNCLEAR, type Unclear } from "./model.js";
import { missedBy } from "./passage.js";
import { thingOf } from "./resources.js";
import { type Rules, rulesFor } from "./rules.js";
import type { Sent } from "./sent.js";
import { learn, shownOf, tokenIn } from "./tokens.js";

function readThing(model: Model, thing: string, sent: Sent, rules: Rules): Prediction | Unclear {
  const shown = shownOf(model, thing, rules);
  if (shown === UNCLEAR) return UNCLEAR;
  const fault = faultFor(model, sent);
  if (shown?.content == null) {
    const refusing = { status: 404, causes: "any", ends: [] } as const;
    return { expected: { ...refusal(sent, rules, refusing), headers: {} }, settle: () => {} };
  }
  if (fault !== null) return { expected: failed(sent, rules, fault.status), settle: () => {} };
  const { version, content } = shown;
  const state = { model, thing, version, rules, content };
  const expected = { ...reading(sent, rules, state), headers: {} };
  return { expected, settle: (seen) => learn(state, tokenIn(seen, rules)) };
}

/** How many executions there were: what a client counts effects by. */
function readExecutions(model: Model): Prediction {
  const total = model.executions.length;
  const also = (seen: Seen): string | null =>
    seen.json.total === total ? null : `expected ${total} executions, found ${seen.text}`;
  return { expected: { ...ANSWER, statuses: [200], causes: [null], also }, settle: () => {} };
}

const EXECUTIONS = "/api/v2/mock/executions";

function readOther(model: Model, thing: string | null, sent: Sent, rules: Rules): Prediction | Unclear {
  if (thing !== null) return readThing(model, thing, sent, rules);
  if (sent.path === EXECUTIONS) return readExecutions(model);
  const refusing = { status: 404, causes: "any", ends: [] } as const;
  return { expected: { ...refusal(sent, rules, refusing), headers: {} }, settle: () => {} };
}

function isMissing(model: Model, thing: string, rules: Rules): boolean {
  const shown = shownOf(model, thing, rules);
  return shown !== UNCLEAR && shown?.content == null;
}

function failed(sent: Sent, rules: Rules, status: number): Expected {
  return { ...refusal(sent, rules, { status, causes: "any", ends: [] }), headers: {} };
}

function limited(sent: Sent, rules: Rules, retryAfter: string): Expected {
  const headers = { "retry-after": retryAfter };
  return refusal(sent, rules, { status: 429, causes: ["rate-limited"], ends: [], headers });
}

/** What a read of a thing or of the executions shows; a read has no key and no condition here. */
export function predictRead(model: Model, sent: Sent): Prediction | Unclear {
  const rules = rulesFor(model.policy, sent.method, sent.path);
  const settles: ((seen: Seen) => void)[] = [() => countFaults(model, sent)];
  const thing = thingOf(sent.path);
  const asked = askedKey(rules.idempotency.lookup, sent.path);
  const read = asked !== null ? predictLookup(model, asked, sent) : readOther(model, thing, sent, rules);
  if (read === UNCLEAR) return UNCLEAR;
  const missing = thing !== null && isMissing(model, thing, rules);
  const isKnown = thing !== null || asked !== null || sent.path === EXECUTIONS;
  // A path that no operation has is told before any rule.
  const early =
    !isKnown || (missing && rules.order.indexOf(missedBy(rules)) < rules.order.indexOf("rateLimit"));
  const passed = early ? { retryAfter: null } : countInMinute({ model, sent, rules, settles });
  if (passed === UNCLEAR) return UNCLEAR;
  const { retryAfter } = passed;
  const expected = retryAfter === null ? read.expected : limited(sent, rules, retryAfter);
  if (retryAfter === null) settles.push(read.settle);
  const settle = (seen: Seen): void => {
    for (const each of settles) each(seen);
  };
  return { expected, settle };
}
