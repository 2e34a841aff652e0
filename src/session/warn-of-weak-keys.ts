import { headerValue } from "../core/http.js";
import { type WeakKey, weakKey } from "../core/weak-key.js";
import { keyHeaderOf } from "../plan/materialise.js";
import type { Scenario, SendingStep } from "../scenario/scenario.js";
import { type PlannedRequest, plannedRequests } from "./dry-requests.js";
import type { Warning } from "./warnings.js";

interface SentKey {
  readonly key: string;
  readonly step: SendingStep;
}

/** A value that only a run can know. */
const LATER = /<[\w.]+>/;

function keyOf({ step, request }: PlannedRequest): readonly SentKey[] {
  const header = keyHeaderOf(request);
  const key = header === null ? null : headerValue(request.headers, header);
  return key === null || LATER.test(key) ? [] : [{ key: key.replace(/^"(.*)"$/, "$1"), step }];
}

function toWarning({ kind, because }: WeakKey, { step }: SentKey): Warning {
  return {
    code: "weak-key",
    message: `the idempotency key is ${kind}: ${because}`,
    hint: "make one random key per operation, such as $(uuid()), and send the same one again only to retry it",
    position: step.at,
  };
}

/** Warns of keys, written down or made by templates, that others may come to as well: each kind of weakness once. Pure. */
export function warnOfWeakKeys(scenario: Scenario): readonly Warning[] {
  const sent = plannedRequests(scenario).flatMap(keyOf);
  const kinds = new Map<WeakKey["kind"], Warning>();
  const note = (weak: WeakKey | null, at: SentKey): void => {
    if (weak !== null && !kinds.has(weak.kind)) kinds.set(weak.kind, toWarning(weak, at));
  };
  for (const each of sent) note(weakKey([each.key]), each);
  const last = sent.at(-1);
  if (last !== undefined) note(weakKey(sent.map(({ key }) => key)), last);
  return [...kinds.values()];
}
