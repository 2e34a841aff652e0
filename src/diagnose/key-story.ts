import { compareBodies } from "../compare/compare-bodies.js";
import { compareHeaders } from "../compare/compare-headers.js";
import { isVolatile } from "../compare/volatile-headers.js";
import { isSecretHeader } from "../core/redact.js";
import { isSameRequest } from "./controls.js";
import { lacksBody } from "./marks.js";
import type { Case } from "./refusal.js";
import type { Seen } from "./seen.js";
import type { KeyStory, Relation } from "./stories.js";

function relationOf(refused: Seen, first: Seen): Relation {
  if (first.method !== refused.method || first.path !== refused.path || first.query !== refused.query) {
    return "other-resource";
  }
  if (lacksBody(first) || lacksBody(refused)) return "unknown";
  const { bodies } = compareBodies(first.exchange.request, refused.exchange.request);
  if (bodies === "changed") return "body-changed";
  if (bodies === "same-json") return "bytes-changed";
  if (bodies === "unknown") return "unknown";
  const { headers } = compareHeaders(
    first.exchange.request.headers,
    refused.exchange.request.headers,
    isNoPart,
  );
  return headers.length > 0 ? "headers-changed" : "same";
}

/** Headers that no fingerprint counts: credentials, what varies by itself, and preconditions, which are told apart. */
function isNoPart(name: string): boolean {
  return isVolatile(name) || isSecretHeader(name) || /^(?:if-|content-length$|host$|connection$)/.test(name);
}

function isOpen({ ending }: Seen): boolean {
  return ending === "unanswered" || ending === "failed";
}

/** Prose without what varies from answer to answer: ids, times, counts. */
function gist({ words }: Seen): string {
  return words === null ? "" : words.prose.replace(/[\w-]*\d[\w-]*/g, "");
}

/** The same request, refused the same before: whatever explains that one explains this one. */
function isSameRefusal(earlier: Seen, refused: Seen): boolean {
  return (
    earlier.ending === "refused" &&
    earlier.status === refused.status &&
    isSameRequest(earlier, refused) &&
    gist(earlier) === gist(refused)
  );
}

/** Tells what the exchanges say of the refused request's key. Pure. */
export function keyStory(of: Case): KeyStory {
  of.kept.key ??= followKey(of);
  return of.kept.key;
}

function followKey({ refused, book }: Case): KeyStory {
  const withKey = book.sameKey(refused).filter((each) => each !== refused && each.ending !== "unsent");
  const priors = withKey.filter((each) => each.index < refused.index && !isSameRefusal(each, refused));
  const taken = priors.filter(({ ending }) => ending === "accepted");
  // Where keys are of one path each, the first on another path binds nothing here.
  const accepted =
    taken.find(({ method, path }) => method === refused.method && path === refused.path) ?? taken[0];
  const open = priors.filter(isOpen);
  const running = book.timesKnown
    ? withKey.filter(
        (each) =>
          each.startMs < refused.endMs &&
          each.endMs > refused.startMs &&
          // What was refused at once may never have held the key; what ran longer did.
          (each.ending !== "refused" || (each.startMs < refused.startMs && each.endMs > refused.endMs)),
      )
    : [];
  const binding = accepted ?? open[0] ?? running[0] ?? priors[0] ?? null;
  return {
    priors,
    binding,
    relation: binding === null ? null : relationOf(refused, binding),
    running,
    open,
  };
}

/** True where the body changed as well as the path or method: a server that looks at the body alone refuses for that. Pure. */
export function bodyChangedToo(of: Case): boolean {
  const { binding, relation } = keyStory(of);
  if (binding === null || relation !== "other-resource") return false;
  return compareBodies(binding.exchange.request, of.refused.exchange.request).bodies !== "identical";
}

/**
 * How the refused request stands to those that came with its key after the first: some servers let a mismatch take the
 * place of what they had remembered. Pure.
 */
export function lateRelations(of: Case): readonly (readonly [Seen, Relation])[] {
  const { priors, binding } = keyStory(of);
  return priors
    .filter((each) => each !== binding)
    .map((each) => [each, relationOf(of.refused, each)] as const);
}

/**
 * True where a refused request took the key over from the first one: that was refused, and accepted as soon as it came
 * right after itself. What passes or fails with this key then tells nothing of what differs. Pure.
 */
export function isTakenOver(of: Case): boolean {
  const { binding } = keyStory(of);
  if (binding === null) return false;
  const withKey = of.book.sameKey(of.refused);
  return withKey.some((each, place) => {
    const next = withKey[place + 1];
    const isOfFirst = each.ending === "refused" && next?.ending === "accepted";
    return isOfFirst && isSameRequest(each, binding) && isSameRequest(next, binding);
  });
}

/**
 * The same, or it may be: the refused request, sent again, was given the answer of the first one with its key, and that one
 * itself was refused. Pure.
 */
export function mayBeTakenOver(of: Case): boolean {
  if (isTakenOver(of)) return true;
  const { binding } = keyStory(of);
  const answer = binding?.exchange.response?.body ?? "";
  if (binding === null || answer === "") return false;
  const isAnswered = of.repeats.some(
    ({ ending, exchange }) => ending === "accepted" && exchange.response?.body === answer,
  );
  const isRefused = (each: Seen): boolean => each.ending === "refused" && isSameRequest(each, binding);
  return isAnswered && of.book.sameKey(of.refused).some(isRefused);
}

/**
 * The first request with the key, sent again after the refusal: accepted, or refused right after itself. Where another one
 * with the key came between, its refusal tells nothing: some servers let a mismatch take the first one's place. Pure.
 */
export function firstAgain(of: Case): Seen | null {
  const { refused, book } = of;
  const { binding } = keyStory(of);
  if (binding === null) return null;
  const withKey = book.sameKey(refused);
  const found = withKey.find((each, place) => {
    const before = withKey[place - 1];
    return (
      each.startMs >= refused.endMs &&
      isSameRequest(each, binding) &&
      (each.ending === "accepted" || (before !== undefined && isSameRequest(before, binding)))
    );
  });
  return found ?? null;
}

/**
 * Requests that differ in the key alone and were taken while the first request with the refused one's key still ran: what
 * was in the way then was the key. Pure.
 */
export function passesBesides(of: Case): readonly Seen[] {
  const until = Math.max(...keyStory(of).running.map(({ endMs }) => endMs));
  return of.controls
    .filter(({ after, differsIn, seen }) => after && seen.startMs < until && [...differsIn].join() === "key")
    .map(({ seen }) => seen);
}
