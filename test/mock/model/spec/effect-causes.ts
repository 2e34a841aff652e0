import { type Body, bodyText, sameJson } from "./bodies.js";
import { blurMs, type Causes, type Effect, type Model } from "./model.js";
import type { Rules } from "./rules.js";
import type { Sent } from "./sent.js";
import type { Way } from "./way.js";

/** Anomalies of a second effect under one key. */
function secondEffect({ model, sent, rules, claim }: Way): Causes {
  if (sent.key === null) return [null];
  if (claim !== null) {
    const earlier = model.effects.filter(({ identity }) => identity === claim.identity);
    if (earlier.length > 0 && isLongAgo(model, earlier, rules)) return "any";
    return tellApart(
      earlier.map((effect) => effect.sent),
      sent,
    );
  }
  const { raw } = sent.key;
  const earlier = model.effects.filter(({ rawKey }) => rawKey === raw);
  if (earlier.length === 0) return [null];
  // A key that nobody looks at has no scope: the documents tell of one operation sent twice.
  const alike = earlier.every(
    (each) =>
      each.identity === null &&
      each.sent.principal === sent.principal &&
      each.sent.method === sent.method &&
      each.sent.path === sent.path &&
      JSON.stringify(each.sent.query) === JSON.stringify(sent.query),
  );
  return alike && rules.idempotency.syntax === "bare"
    ? tellApart(
        earlier.map((effect) => effect.sent),
        sent,
      )
    : "any";
}

/** What was done a lifetime before a key's death may have been cleared away. */
function isLongAgo(model: Model, earlier: readonly Effect[], { idempotency: { ttlMs } }: Rules): boolean {
  const lastAt = Math.max(...earlier.map(({ at }) => at));
  return ttlMs !== null && model.nowMs >= lastAt + 2 * ttlMs - blurMs(model.policy);
}

function tellApart(earlier: readonly Sent[], sent: Sent): Causes {
  if (earlier.length === 0) return [null];
  const elsewhere = earlier.some((each) => each.path !== sent.path || each.method !== sent.method);
  if (elsewhere) return "any";
  const alike = (test: (a: Body, b: Body) => boolean): readonly boolean[] =>
    earlier.map((each) => each.body === null || sent.body === null || test(each.body, sent.body));
  if (alike((a, b) => bodyText(a) === bodyText(b)).every(Boolean)) return ["executed-twice"];
  // Bodies of one value in other bytes: causes.md says of neither word whether it means them.
  return alike(sameJson).includes(true) ? ["executed-twice", "executed-other-body"] : ["executed-other-body"];
}

/** What a success may be traced under. */
export function successCauses(way: Way, changed: boolean): Causes {
  const second = secondEffect(way);
  const { staleIgnored, unmatched } = way.passed;
  const others = new Set(way.model.sent.map(({ principal }) => principal)).size > 1 ? ["lost-update"] : [];
  if (second === "any") return "any";
  const ignored = staleIgnored || unmatched ? ["precondition-ignored"] : [];
  const plain = staleIgnored && changed ? second.filter((each) => each !== null) : second;
  return [...plain, ...ignored, ...others];
}
