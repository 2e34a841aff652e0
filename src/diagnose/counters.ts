import type { Book } from "./book.js";
import { mayHaveWritten } from "./lines.js";
import { answerOf, leavesOf } from "./representation.js";
import type { Seen } from "./seen.js";

/** A member that counts the effects of an operation, and by how much it grew more than what was answered explains. */
export interface CounterJump {
  /** `executions went from 1 to 3`. */
  readonly fact: string;
  /** Effects that no answer here tells of. */
  readonly unseen: number;
  /** Requests to the same place since the last count whose outcome nobody knows. */
  readonly open: readonly Seen[];
  /** The exchange that showed the count before; null where none did, and it is taken to have begun at 0. */
  readonly base: Seen | null;
}

const COUNTER = /\/(?:\w*(?:executions|runs|attempts|invocations|count|sequence))$/i;

function counterIn(seen: Seen): readonly [path: string, value: number] | null {
  if (!/(?:executions|runs|attempts|invocations|count|sequence)"/i.test(seen.exchange.response?.body ?? ""))
    return null;
  for (const [path, value] of leavesOf(answerOf(seen)))
    if (COUNTER.test(path) && typeof value === "number" && Number.isInteger(value)) return [path, value];
  return null;
}

/** What a counter in the answer to a POST says beside the earlier answers of the same place; null where there is none. Pure. */
export function counterJump(seen: Seen, book: Book): CounterJump | null {
  const own = seen.method === "POST" && seen.ending === "accepted" ? counterIn(seen) : null;
  if (own === null) return null;
  const [path, value] = own;
  const earlier = book
    .sameOperation(seen)
    .filter((each) => each.index < seen.index && each.path === seen.path && mayHaveWritten(each));
  let base: Seen | null = null;
  let most = 0;
  for (const each of earlier) {
    const count = each.ending === "accepted" ? counterIn(each) : null;
    if (count === null || count[0] !== path || count[1] < most) continue;
    base = each;
    most = count[1];
  }
  const open = earlier.filter(
    (each) => each.index > (base?.index ?? -1) && (each.ending === "unanswered" || each.ending === "failed"),
  );
  const fact = `${path.slice(1)} ${base === null ? "is" : `went from ${most} to`} ${value}`;
  return { fact, unseen: value - most - 1, open, base };
}
