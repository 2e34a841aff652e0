import type { Exchange } from "../journal/journal.js";
import type { Diagnosis, RuledOut } from "./diagnose.js";
import { saysAll } from "./one-meaning.js";
import { REFUSAL_RULES } from "./refusals.js";
import { reopened, weaker, withCauses } from "./reopen.js";
import { type ErrorWords, speaks, wordsOf } from "./words.js";

/** What is asked of a recording that tells no times, or those of answers alone. */
export interface OrderKnown {
  readonly exchanges: ReadonlyMap<string, Exchange>;
  readonly timesKnown: boolean;
  /** Exchanges with whose key another one is accepted later in the recording, and none before. */
  readonly keysToCome: ReadonlySet<string>;
}

const ORDER = "when requests were sent: one that comes later here may have been sent before";
const FIRST_REFUSAL = 400;
/** No request runs longer: what was answered later than this was sent after the refusal. */
const LONGEST_RUN_MS = 60_000;

/** Finds the exchanges with whose key another one is accepted later in the recording, and none before. Pure. */
export function keysToCome(exchanges: readonly Exchange[]): ReadonlySet<string> {
  const waiting = new Map<string, Exchange[]>();
  const taken = new Set<string>();
  const found = new Set<string>();
  for (const exchange of exchanges) {
    const { idempotencyKey, response, timings } = exchange;
    if (idempotencyKey === null || taken.has(idempotencyKey)) continue;
    const before = waiting.get(idempotencyKey) ?? [];
    waiting.set(idempotencyKey, before);
    if (response === null || response.status >= FIRST_REFUSAL) before.push(exchange);
    else {
      taken.add(idempotencyKey);
      for (const each of before)
        if (timings.startMs - each.timings.startMs <= LONGEST_RUN_MS) found.add(each.id);
    }
  }
  return found;
}

/**
 * Where only answers have their times, a request that was refused while another with its key was still running comes
 * before that one. Pure.
 */
export function openOrder(candidates: readonly Diagnosis[], known: OrderKnown): readonly Diagnosis[] {
  const [first] = candidates;
  const exchange = known.exchanges.get(first?.exchange ?? "");
  if (known.timesKnown || first === undefined || exchange === undefined) return candidates;
  const isNamed = candidates.some(({ cause }) => cause === "key-in-flight");
  if (isNamed || saysAll(exchange.response?.status)) return candidates;
  if (!known.keysToCome.has(exchange.id)) return candidates;
  const stillOut = ({ ruledOut }: Diagnosis): readonly RuledOut[] =>
    ruledOut.filter(({ cause }) => cause !== "key-in-flight");
  const toConfirm = withCauses(first.toConfirm, ["key-in-flight"]);
  const running = reopened("key-in-flight", { ...first, ruledOut: stillOut(first), toConfirm }, [ORDER]);
  const isSaid = speaks(REFUSAL_RULES["key-in-flight"].spoken, wordsIn(exchange));
  const others = candidates.map(
    (each): Diagnosis => ({
      ...each,
      certainty: isSaid ? "possible" : weaker(each.certainty),
      ruledOut: stillOut(each),
      toConfirm: each.toConfirm === null ? null : toConfirm,
      missing: [...new Set([...each.missing, ORDER])],
    }),
  );
  return isSaid ? [{ ...running, certainty: "likely" }, ...others] : [...others, running];
}

function wordsIn({ response }: Exchange): ErrorWords | null {
  return response === null ? null : wordsOf(response);
}
