import type { InvariantResult } from "../../../check/check.js";
import { isWrite } from "../../../core/http.js";
import type { Exchange } from "../../../journal/journal.js";
import { outcomeOf } from "../answer-words.js";
import type { Look } from "../look.js";
import { cutMiddle } from "../shorten.js";
import { instantWords, numberOf } from "./lane-label.js";

const LONGEST_TOKEN = 40;

function shown(value: string | number, look: Look): string {
  return cutMiddle(look.text(String(value)), LONGEST_TOKEN, look.marks);
}

function tokenWords({ version, etag }: Exchange, look: Look): string | null {
  if (version !== null) return `version ${shown(version, look)}`;
  return etag === null ? null : `ETag ${shown(etag, look)}`;
}

function answerWords(exchange: Exchange, look: Look): string {
  const { request, response } = exchange;
  if (response === null) return `had no answer (${look.text(outcomeOf(exchange))})`;
  const token = tokenWords(exchange, look);
  const { status } = response;
  if (status >= 300) return `was refused with ${status}${token === null ? "" : `, which told ${token}`}`;
  const names = request.headers.map(([name]) => name);
  if (!isWrite(request.method, names)) return `returned ${token ?? `${status} without a version`}`;
  return `was acknowledged with ${token === null ? `${status}, no version` : token}`;
}

function sentWith({ ifMatch, idempotencyKey }: Exchange, look: Look): string {
  if (ifMatch !== null) return ` with If-Match ${shown(ifMatch, look)}`;
  return idempotencyKey === null ? "" : ` with key ${shown(idempotencyKey, look)}`;
}

/**
 * What one exchange adds to a story: `#41 GET by writer 3, sent at 4.10 ms, returned version 17 at 7.21 ms`. Times
 * count from `zeroMs`. Pure.
 */
export function storyLine(exchange: Exchange, zeroMs: number, look: Look): string {
  const { id, writer, request, timings } = exchange;
  const sentMs = timings.releasedMs ?? timings.sentMs ?? timings.startMs;
  const by = writer === null ? "outside the race" : `by writer ${writer}`;
  const end = timings.endMs === null ? "" : ` at ${instantWords(timings.endMs - zeroMs)}`;
  const sent = `sent at ${instantWords(sentMs - zeroMs)}${sentWith(exchange, look)}`;
  return `${numberOf(id, look)} ${look.text(request.method)} ${by}, ${sent}, ${answerWords(exchange, look)}${end}`;
}

/** What would let an invariant be decided that could not be. */
const DECIDERS: Readonly<Record<InvariantResult["name"], string>> = {
  "no-lost-update": "conditional writes, or answers with an ETag or a `version` and a read after the race",
  "at-most-once":
    "an idempotency key in each write, and `effects` in the scenario, which count what happened",
  "read-your-writes": "writers that write and then read, and versions that count up",
  "monotonic-reads": "writers that read twice, and versions that count up",
  linearizable:
    "conditional writes, which name the version that they replace, and its successor in the answers",
  "one-winner": "conditional writes, and an answer to each of them",
};

/**
 * What would let an invariant be decided; null where its explanation says so itself, after a semicolon. Pure.
 */
export function deciderWords({ name, explanation }: InvariantResult, raced: boolean): string | null {
  if (!raced) return "two writers or more that send something";
  return explanation.includes(";") ? null : DECIDERS[name];
}
