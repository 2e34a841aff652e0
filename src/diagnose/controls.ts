import { type Book, wishOf } from "./book.js";
import type { Seen } from "./seen.js";

/** What two requests can differ in, time aside. */
export type Factor = "key" | "token" | "body" | "principal" | "operation" | "path" | "resource";

const FACTORS: readonly Factor[] = ["key", "token", "body", "principal", "operation", "path", "resource"];

/** Another request that was accepted, and in what it differs from the refused one. */
export interface Control {
  readonly seen: Seen;
  readonly differsIn: ReadonlySet<Factor>;
  /** Sent after the refusal had come. */
  readonly after: boolean;
  /** The very same request was refused both before and after this one. */
  readonly enclosed: boolean;
  /** So was it, or a request that differs from it in one thing. */
  readonly enclosedAlike: boolean;
  /** Sent promptly after the refused request had been refused at least twice. */
  readonly prompt: boolean;
}

/** What passes within so many milliseconds of two equal refusals did not pass because time had gone by. */
const PROMPT_MS = 1_000;

function tokenText({ sent }: Seen): string {
  return sent.map(({ carrier, raw }) => `${carrier} ${raw}`).join("\n");
}

/** In what two requests differ. Pure. */
export function differences(a: Seen, b: Seen): ReadonlySet<Factor> {
  const sameWish = a.exchange.request.bodySha256 === b.exchange.request.bodySha256 || wishOf(a) === wishOf(b);
  const differs: Readonly<Record<Factor, boolean>> = {
    key: a.key !== b.key,
    token: tokenText(a) !== tokenText(b),
    body: !sameWish,
    principal: a.principal !== b.principal,
    operation: a.operation !== b.operation || a.query !== b.query,
    path: a.path !== b.path,
    resource: a.resource !== b.resource,
  };
  return new Set(FACTORS.filter((factor) => differs[factor]));
}

/** True where both are the same request, byte for byte, as far as anything decides on it. */
export function isSameRequest(a: Seen, b: Seen): boolean {
  return (
    a.exchange.request.url === b.exchange.request.url &&
    a.method === b.method &&
    a.exchange.request.bodySha256 === b.exchange.request.bodySha256 &&
    a.key === b.key &&
    a.principal === b.principal &&
    tokenText(a) === tokenText(b)
  );
}

function union(...lists: readonly (readonly Seen[])[]): readonly Seen[] {
  const found = new Set<Seen>();
  for (const list of lists) for (const seen of list) found.add(seen);
  return [...found].sort((a, b) => a.index - b.index);
}

/** Requests near a refused one that are about the same key, thing or operation. */
export function related(refused: Seen, book: Book): readonly Seen[] {
  return union(book.sameResource(refused), book.sameOperation(refused), book.sameKey(refused)).filter(
    (each) => each !== refused,
  );
}

/** A change that did not help: the same request but for something, refused in the same way. */
export interface FailedChange {
  readonly seen: Seen;
  readonly differsIn: ReadonlySet<Factor>;
}

function soundsSame(a: Seen, b: Seen): boolean {
  return a.status === b.status && a.words?.codes === b.words?.codes;
}

/** The refused writes around a refused request that differ in something and met the same refusal. Pure. */
export function failedChangesOf(refused: Seen, near: readonly Seen[]): readonly FailedChange[] {
  return near
    .filter((each) => each.ending === "refused" && each.writes && soundsSame(each, refused))
    .map((seen) => ({ seen, differsIn: differences(seen, refused) }))
    .filter(({ differsIn }) => differsIn.size === 1);
}

/**
 * The refused request, whenever it was sent and refused in the same way, and those that differ from it in one thing and
 * were refused in the same way too.
 */
function alikeTo(refused: Seen, near: readonly Seen[]): readonly Seen[] {
  return [
    refused,
    ...near.filter(
      (each) =>
        each.ending === "refused" && soundsSame(each, refused) && differences(each, refused).size <= 1,
    ),
  ];
}

/** The accepted writes around a refused request. Pure. */
export function controlsOf(refused: Seen, near: readonly Seen[]): readonly Control[] {
  const alike = alikeTo(refused, near);
  const same = alike.filter((each) => isSameRequest(each, refused));
  const isWithin = (seen: Seen, refusals: readonly Seen[]): boolean =>
    refusals.some(({ endMs }) => endMs <= seen.startMs) &&
    refusals.some(({ startMs }) => startMs >= seen.endMs);
  const isPrompt = (seen: Seen): boolean => {
    const before = alike.filter(({ endMs }) => endMs <= seen.startMs);
    return before.length > 1 && seen.startMs - Math.max(...before.map(({ endMs }) => endMs)) <= PROMPT_MS;
  };
  return near
    .filter(({ ending, writes }) => ending === "accepted" && writes === refused.writes)
    .map((seen) => ({
      seen,
      differsIn: differences(seen, refused),
      after: seen.startMs >= refused.endMs,
      prompt: isPrompt(seen),
      enclosed: isWithin(seen, same),
      enclosedAlike: isWithin(seen, alike),
    }));
}
