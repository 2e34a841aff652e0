import { GcidemError } from "../core/errors.js";
import { correlationIdOf, type HeaderList } from "../core/http.js";
import { membersOf } from "../transport/oauth/read-token-answer.js";
import type { AnsweredOutcome, Outcome } from "../transport/transport.js";
import type { Checking } from "./auth-check.js";
import { isProxied } from "./host-ways.js";
import { judgeAnswer, judgeFailure } from "./judge-answer.js";
import { measureClock } from "./measure-clock.js";

/** Longer than any check is worth. */
const TIMEOUT_MS = 30_000;

/** An answer to a question. */
export interface Answered {
  readonly status: number;
  /** The JSON object in the body; null where it holds none. */
  readonly members: Readonly<Record<string, unknown>> | null;
  readonly outcome: AnsweredOutcome;
}

/** Writes down what came of a request, and what it says about the way. @throws GcidemError `interrupted` */
export function noteOutcome(
  { what, method, url }: { readonly what: string; readonly method: string; readonly url: URL },
  outcome: Outcome,
  { options, notes, clock }: Checking,
): void {
  if (options.signal.aborted) throw new GcidemError("interrupted", "interrupted while checking");
  const { startMs, endMs } = outcome.timings;
  const answered = outcome.kind === "response" ? outcome : null;
  notes.tell({
    what,
    method,
    url: `${url.origin}${url.pathname}`,
    status: answered?.status ?? null,
    failure: outcome.kind === "failed" ? outcome.message : null,
    durationMs: endMs - startMs,
    correlationId: answered === null ? null : correlationIdOf(answered.headers),
  });
  if (outcome.kind === "failed") return;
  const isOrg = options.target.kind === "profile" && options.target.profile.kind === "genesys";
  for (const finding of judgeAnswer(url, outcome, isOrg)) notes.find(finding);
  const originMs = clock.epochMs() - clock.nowMs();
  const skew = measureClock(url.host, outcome, (ms) => originMs + ms);
  if (skew !== null) notes.measure(skew);
}

/**
 * Sends one GET and writes down what came of it. Null where no answer came; why is found by then.
 * @throws GcidemError `interrupted`
 */
export async function ask(
  what: string,
  url: URL,
  { checking, headers }: { readonly checking: Checking; readonly headers: HeaderList },
): Promise<Answered | null> {
  const { transport, options, notes } = checking;
  const request = { method: "GET", url: url.href, headers, body: null, timeoutMs: TIMEOUT_MS, abort: null };
  const outcome = await transport.send(request, undefined, options.signal);
  noteOutcome({ what, method: "GET", url }, outcome, checking);
  if (outcome.kind === "failed") {
    notes.find(judgeFailure(outcome, isProxied(url, options)));
    return null;
  }
  return { status: outcome.status, members: membersOf(outcome.body), outcome };
}
