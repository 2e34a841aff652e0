import type { Anomaly, CheckOptions, HistoryAnomaly, Operation } from "./history.js";
import { mayBeOwn, type Origins, originsOf, twoEffects } from "./key-effects.js";

/** What the requests of idempotency keys show, and the history with each key's requests as one. */
export interface KeyFindings {
  readonly anomalies: readonly Anomaly[];
  readonly operations: readonly Operation[];
}

function proof(name: HistoryAnomaly, witness: readonly Operation[], explanation: string): Anomaly {
  return { name, operations: witness.map(({ id }) => id), explanation };
}

function sameBody(a: Operation, b: Operation): boolean {
  return a.bodyDigest === b.bodyDigest;
}

/** What a second acknowledged request under a key shows beside the first. */
function compareAcknowledged(first: Operation, later: Operation, origins: Origins): Anomaly | null {
  const pair = [first, later];
  const effects = twoEffects(first, later, origins);
  if (effects !== null && sameBody(first, later)) {
    return proof(
      "executed-twice",
      pair,
      `${first.id} and ${later.id} carry one key and one body, and made ${effects}: two effects.`,
    );
  }
  if (effects !== null) {
    return proof(
      "executed-other-body",
      pair,
      `${first.id} and ${later.id} carry one key and different bodies, and both were carried out: ${effects}.`,
    );
  }
  if (later.version !== undefined && first.version === later.version && !sameBody(first, later)) {
    return proof(
      "replay-of-other-body",
      pair,
      `${later.id} has another body than ${first.id} under the same key and got its answer: ${later.version}.`,
    );
  }
  if (
    first.status !== undefined &&
    later.status !== undefined &&
    first.status !== later.status &&
    sameBody(first, later)
  ) {
    return proof(
      "replay-differs",
      pair,
      `${later.id} repeats ${first.id} and was answered ${later.status} instead of ${first.status}.`,
    );
  }
  return null;
}

const CONFLICT = 409;

function refusedAfter(acknowledged: Operation, refused: Operation): Anomaly | null {
  const after = acknowledged.ret !== null && refused.call > acknowledged.ret;
  if (refused.status !== CONFLICT || !after || !sameBody(acknowledged, refused)) return null;
  return proof(
    "conflict-not-replay",
    [acknowledged, refused],
    `${refused.id} repeats ${acknowledged.id}, which had been acknowledged before it was sent, and was refused with 409 instead of being replayed.`,
  );
}

function acknowledgedOf(attempts: readonly Operation[]): readonly Operation[] {
  return attempts.filter(({ ok }) => ok === true).sort((a, b) => (a.ret ?? 0) - (b.ret ?? 0));
}

function anomaliesOf(attempts: readonly Operation[], origins: Origins): readonly Anomaly[] {
  const acknowledged = acknowledgedOf(attempts);
  const [first] = acknowledged;
  if (first === undefined) return [];
  const refused = attempts.filter(({ ok }) => ok === false);
  return [
    ...acknowledged.slice(1).flatMap((later) => compareAcknowledged(first, later, origins) ?? []),
    ...refused.flatMap((each) => refusedAfter(first, each) ?? []),
  ];
}

/** The one version that a key's requests can have made, where their answers show several: a stored answer may tell what is there now. */
function ownVersion(acknowledged: readonly Operation[], origins: Origins): Operation["version"] {
  const shown = new Set(acknowledged.flatMap(({ version }) => version ?? []));
  if (shown.size <= 1) return acknowledged[0]?.version;
  const own = acknowledged.filter((each) => mayBeOwn(each, origins));
  return new Set(own.map(({ version }) => version)).size === 1 ? own[0]?.version : undefined;
}

/** Requests of one key, of which at most one was carried out, as one operation: sent first, acknowledged first. A refusal beside an effect is none. */
function asOne(attempts: readonly Operation[], origins: Origins): readonly Operation[] {
  const acknowledged = acknowledgedOf(attempts);
  const open = attempts.filter(({ ok }) => ok === null);
  const [first] = acknowledged.length > 0 ? acknowledged : open;
  if (first === undefined) return attempts;
  const call = attempts.reduce((least, each) => Math.min(least, each.call), first.call);
  const { version: _, ...rest } = first;
  const version = acknowledged.length > 0 ? ownVersion(acknowledged, origins) : first.version;
  return [{ ...rest, call, ...(version === undefined ? {} : { version }) }];
}

function grouped(
  operations: readonly Operation[],
  nameOf: (operation: Operation) => string,
): readonly (readonly Operation[])[] {
  const groups = new Map<string, Operation[]>();
  for (const operation of operations) {
    const name = nameOf(operation);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [operation]);
    else group.push(operation);
  }
  return [...groups.values()];
}

/** Looks at the keys of a history. Near linear. Pure. */
export function checkKeys(
  operations: readonly Operation[],
  options: Pick<CheckOptions, "exclusive" | "shared"> = {},
): KeyFindings {
  const keyed = operations.filter(({ key, kind }) => key !== undefined && kind !== "read");
  if (keyed.length === 0) return { anomalies: [], operations };
  const origins = originsOf(operations, options);
  const groups = grouped(keyed, ({ key = "" }) => key);
  const anomalies = groups.flatMap((attempts) => anomaliesOf(attempts, origins));
  if (anomalies.some(({ name }) => name === "executed-twice" || name === "executed-other-body")) {
    return { anomalies, operations };
  }
  const rest = operations.filter(({ key, kind }) => key === undefined || kind === "read");
  const merged = groups.flatMap((attempts) => asOne(attempts, origins));
  return { anomalies, operations: [...rest, ...merged] };
}
