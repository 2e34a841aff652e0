import type { Mover, Refusal } from "../core/causes.js";
import type { Book } from "./book.js";
import type { Compared, Control, Factor } from "./controls.js";
import type { Evidence } from "./diagnose.js";
import type { Seen } from "./seen.js";
import type { KeyStory, StateSights, TokenStory, TryStory } from "./stories.js";
import type { SentToken } from "./tokens.js";
import type { CatchAll, Spoken } from "./words.js";

/** A refused request with everything near it. */
export interface Case {
  readonly refused: Seen;
  readonly book: Book;
  /** Requests about the same key, thing or operation, before and after. */
  readonly near: readonly Seen[];
  readonly controls: readonly Control[];
  readonly failedChanges: readonly Compared[];
  readonly otherRefusals: readonly Compared[];
  /** The very same request among those near, however it ended. */
  readonly repeats: readonly Seen[];
  /** Stories that several causes ask for. */
  readonly kept: {
    key: KeyStory | undefined;
    readonly tokens: Map<SentToken, TokenStory>;
    sights: StateSights | undefined;
    /** Null: nothing was sent to confirm it. */
    tries: TryStory | null | undefined;
  };
}

/** What a cause says to a refusal: it cannot be, or it fits, and how well. */
export type Finding =
  | { readonly fits: false; readonly because: string }
  | {
      readonly fits: true;
      /** Only for ranking those that fit: higher is better. */
      readonly weight: number;
      readonly evidence: readonly Evidence[];
      readonly movedBy?: Mover;
      /** The answer's words alone speak for it: what passes otherwise does not make it certain. */
      readonly onlyTold?: true;
      /** What would have helped to see. */
      readonly missing?: readonly string[];
    };

/**
 * When an accepted control contradicts a cause: `anytime` the rule would refuse the same request before and after;
 * `after` only a later success does, since the state that refuses came about in between; `enclosed` time alone may lift
 * it, so that the refused request must have been refused once more after the success, or twice promptly before it; `passing` the
 * same, and a request that differs in one thing will do for the refused one, since the cause is in neither.
 */
type Holds = "anytime" | "after" | "enclosed" | "passing";

/** One cause of causes.md: when it fits, what contradicts it, and what to tell. */
export interface RefusalRule {
  /** An accepted request that differs in none of these contradicts the cause. */
  readonly factors: readonly Factor[];
  /** Those of one refused request, where they are other ones. */
  readonly factorsOf?: (of: Case) => readonly Factor[];
  readonly holds: Holds;
  /** True of an accepted request that says nothing against the cause, whatever it does not differ in. */
  readonly allows?: (of: Case, control: Control) => boolean;
  /** What the error texts of servers that say this have in common; null: no text names it. */
  readonly spoken: Spoken | null;
  /** The catch-all text that servers use for it, where they have no words of its own. */
  readonly catchAll?: readonly CatchAll[];
  readonly judge: (of: Case) => Finding;
  /** What happened, and why the server refuses it. */
  readonly explain: (of: Case, movedBy: Mover | null) => string;
  /** What to change where the general words for the cause do not fit; null where they do. */
  readonly remedy?: (of: Case) => string | null;
}

/** One file for each id. */
export type RefusalRules = Readonly<Record<Refusal, RefusalRule>>;

/** A cause that cannot be. Pure. */
export function impossible(because: string): Finding {
  return { fits: false, because };
}

/** A cause that fits. Pure. */
export function fitting(
  weight: number,
  ...facts: readonly (Evidence | null)[]
): Finding & { readonly fits: true } {
  return { fits: true, weight, evidence: facts.filter((each) => each !== null) };
}

/** A fact that an exchange shows. Pure. */
export function shows(seen: Seen, fact: string): Evidence {
  return { exchange: seen.id, fact };
}

/** How well a status goes with a cause: what servers answer most often for it has the highest figure. Pure. */
export function statusWeight(
  status: number | null,
  weights: Readonly<Record<number, number>>,
  otherwise = -2,
): number {
  return status === null ? otherwise : (weights[status] ?? otherwise);
}
