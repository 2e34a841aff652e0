import type { ConcurrencyPolicy } from "../../../../src/policy/concurrency-policy.js";
import type { IdempotencyPolicy } from "../../../../src/policy/idempotency-policy.js";
import type { Dimensions, Policy } from "../../../../src/policy/policy.js";

/** One value of a dimension: how a policy gets it. */
export type Change = (policy: Policy) => Policy;

/** What a policy can be in one respect. The usual value comes first. */
export interface Dimension {
  readonly name: string;
  readonly values: readonly [Change, ...Change[]];
}

type Values<T> = readonly [T, ...T[]];

function changes<T>(values: Values<T>, change: (value: T) => Change): Dimension["values"] {
  const [first, ...rest] = values;
  return [change(first), ...rest.map(change)];
}

/** Changes some of what a policy says of keys. Pure. */
export function withKeys(policy: Policy, keys: Partial<IdempotencyPolicy>): Policy {
  return { ...policy, idempotency: { ...policy.idempotency, ...keys } };
}

/** Changes some of what a policy says of versions. Pure. */
export function withVersions(policy: Policy, versions: Partial<ConcurrencyPolicy>): Policy {
  return { ...policy, concurrency: { ...policy.concurrency, ...versions } };
}

/** A dimension of keys. */
export function ofKeys<Name extends keyof IdempotencyPolicy>(
  name: Name,
  values: Values<IdempotencyPolicy[Name]>,
): Dimension {
  const change =
    (value: IdempotencyPolicy[Name]): Change =>
    (policy) =>
      withKeys(policy, { [name]: value });
  return { name: `idempotency.${name}`, values: changes(values, change) };
}

/** The parts of keys that are maps. */
type KeyMaps = "fingerprint" | "mismatch" | "inFlight" | "outcomes" | "replay";

/** A dimension inside a part of keys. */
export function inKeys<Part extends KeyMaps, Name extends keyof IdempotencyPolicy[Part] & string>(
  part: Part,
  name: Name,
  values: Values<IdempotencyPolicy[Part][Name]>,
): Dimension {
  const change =
    (value: IdempotencyPolicy[Part][Name]): Change =>
    (policy) =>
      withKeys(policy, { [part]: { ...policy.idempotency[part], [name]: value } });
  return { name: `idempotency.${part}.${name}`, values: changes(values, change) };
}

/** A dimension of versions. */
export function ofVersions<Name extends keyof ConcurrencyPolicy>(
  name: Name,
  values: Values<ConcurrencyPolicy[Name]>,
): Dimension {
  const change =
    (value: ConcurrencyPolicy[Name]): Change =>
    (policy) =>
      withVersions(policy, { [name]: value });
  return { name: `concurrency.${name}`, values: changes(values, change) };
}

/** A dimension inside what an outdated token gets. */
export function inStale<Name extends keyof ConcurrencyPolicy["stale"]>(
  name: Name,
  values: Values<ConcurrencyPolicy["stale"][Name]>,
): Dimension {
  const change =
    (value: ConcurrencyPolicy["stale"][Name]): Change =>
    (policy) =>
      withVersions(policy, { stale: { ...policy.concurrency.stale, [name]: value } });
  return { name: `concurrency.stale.${name}`, values: changes(values, change) };
}

/** A dimension of the whole server. */
export function ofServer<Name extends keyof Dimensions>(
  name: Name,
  values: Values<Dimensions[Name]>,
): Dimension {
  const change =
    (value: Dimensions[Name]): Change =>
    (policy) => ({ ...policy, [name]: value });
  return { name, values: changes(values, change) };
}
