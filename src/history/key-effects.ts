import type { CheckOptions, Operation, Version } from "./history.js";

/** Who may have made the versions of one resource. */
interface Line {
  /** For each version that a write showed, the keys (or single writes) whose answers showed it. */
  readonly shownTo: Map<Version, Set<string>>;
  /** Keys (or single writes) that may have made a version which nobody told. */
  readonly untold: Set<string>;
  /** When each version was first read. */
  readonly readAtMs: Map<Version, number>;
  /** When each key was first sent. */
  readonly sentAtMs: Map<string, number>;
}

/** Where the versions of a history may come from: what a stored answer shows need not be what its request made. */
export interface Origins {
  readonly lines: ReadonlyMap<string | undefined, Line>;
  /** True where others write a resource, too. */
  readonly isShared: (resource: string | undefined) => boolean;
}

function senderOf({ key, id }: Operation): string {
  return key === undefined ? `id ${id}` : `key ${key}`;
}

function least<Name>(map: Map<Name, number>, name: Name, value: number): void {
  map.set(name, Math.min(map.get(name) ?? value, value));
}

function takeRead({ readAtMs }: Line, version: Version | undefined, ret: number | null): void {
  if (version !== undefined && ret !== null) least(readAtMs, version, ret);
}

function takeWrite(line: Line, operation: Operation): void {
  const sender = senderOf(operation);
  if (operation.key !== undefined) least(line.sentAtMs, sender, operation.call);
  const { version, ok } = operation;
  const shown = version === undefined ? undefined : line.shownTo.get(version);
  if (ok === false) takeRead(line, operation.saw, operation.ret);
  else if (version === undefined) line.untold.add(sender);
  else if (shown === undefined) line.shownTo.set(version, new Set([sender]));
  else shown.add(sender);
}

/** Finds out who may have made the versions of each resource. Linear. Pure. */
export function originsOf(
  operations: readonly Operation[],
  { exclusive = true, shared }: Pick<CheckOptions, "exclusive" | "shared">,
): Origins {
  const lines = new Map<string | undefined, Line>();
  for (const operation of operations) {
    const line: Line = lines.get(operation.resource) ?? {
      shownTo: new Map(),
      untold: new Set(),
      readAtMs: new Map(),
      sentAtMs: new Map(),
    };
    lines.set(operation.resource, line);
    if (operation.kind === "read") takeRead(line, operation.version, operation.ret);
    else takeWrite(line, operation);
  }
  return { lines, isShared: (resource) => !exclusive || shared?.has(resource ?? "") === true };
}

/** True where no other write in the history, and nobody outside it, can have made a version that an answer shows. Pure. */
export function mayBeOwn(operation: Operation, { lines, isShared }: Origins): boolean {
  const { version, resource, expected } = operation;
  const line = lines.get(resource);
  if (version === undefined || line === undefined || isShared(resource) || version === expected) return false;
  const sender = senderOf(operation);
  const untoldElsewhere = line.untold.size > (line.untold.has(sender) ? 1 : 0);
  const shownElsewhere = [...(line.shownTo.get(version) ?? [])].some((each) => each !== sender);
  const wasThereBefore =
    (line.readAtMs.get(version) ?? Number.POSITIVE_INFINITY) <= (line.sentAtMs.get(sender) ?? 0);
  return !untoldElsewhere && !shownElsewhere && !wasThereBefore;
}

/**
 * What two acknowledged requests under one key made, where that was two things: ids that the server made, or versions that
 * nothing else can have made. A stored answer that shows the resource as it is now proves nothing. Null: no proof. Pure.
 */
export function twoEffects(first: Operation, later: Operation, origins: Origins): string | null {
  if (first.created !== undefined && later.created !== undefined)
    return first.created === later.created ? null : `${first.created} and ${later.created}`;
  if (first.version === undefined || later.version === undefined || first.version === later.version)
    return null;
  const proved = mayBeOwn(first, origins) && mayBeOwn(later, origins);
  return proved ? `${first.version} and ${later.version}` : null;
}
