import type { Refusal } from "../core/causes.js";
import type { Book } from "./book.js";
import type { RefusalRule } from "./refusal.js";
import { needsUser } from "./refusals/by-status.js";
import { REFUSAL_RULES } from "./refusals.js";
import type { Seen } from "./seen.js";
import { type CatchAll, catchAllOf, speaks } from "./words.js";

/** What the answer's own words tell, read once for all rules. */
export interface Told {
  /** The rules that they name. */
  readonly rules: ReadonlySet<Refusal>;
  readonly catchAll: CatchAll | null;
  /** They say that a program's own token will not do. */
  readonly needsUser: boolean;
}

const RULES = Object.entries(REFUSAL_RULES) as readonly (readonly [Refusal, RefusalRule])[];

/** A server says few things, and each often. */
const MOST_KEPT = 100;
const toldIn = new WeakMap<Book, Map<string, Told>>();

/** What the words of a refusal tell. Pure, but that it keeps what it has read for as long as the book lives. */
export function toldBy(refused: Seen, book: Book): Told {
  const known = toldIn.get(book) ?? new Map<string, Told>();
  toldIn.set(book, known);
  const { words } = refused;
  const name = words === null ? "" : `${words.codes}\n${words.prose}`;
  const told = known.get(name) ?? readTold(refused);
  if (known.size < MOST_KEPT) known.set(name, told);
  return told;
}

function readTold(refused: Seen): Told {
  const { words } = refused;
  const named = RULES.filter(([, { spoken }]) => speaks(spoken, words));
  return {
    rules: new Set(named.map(([cause]) => cause)),
    catchAll: words === null ? null : catchAllOf(words),
    needsUser: needsUser(refused),
  };
}
