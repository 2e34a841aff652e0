import type { Mover } from "../core/causes.js";
import type { Seen } from "./seen.js";
import type { SentToken } from "./tokens.js";

/** How a request stands to the first one of its key. */
export type Relation =
  | "same"
  | "other-resource"
  | "body-changed"
  | "bytes-changed"
  | "headers-changed"
  | "unknown";

/** What is known of the key of a refused request. */
export interface KeyStory {
  /** Earlier requests with this key that left, oldest first. */
  readonly priors: readonly Seen[];
  /** The one that the key is bound to: the first that was accepted, else the first whose outcome nobody knows, else the first. */
  readonly binding: Seen | null;
  readonly relation: Relation | null;
  /** Requests with this key that were under way when the refused one was. */
  readonly running: readonly Seen[];
  /** Earlier requests without an answer that a client can trust: lost, cut off, 5xx. */
  readonly open: readonly Seen[];
}

/** What the exchanges tell of a token that a refused request carries. */
export interface TokenStory {
  readonly token: SentToken;
  /** The last answer before the request that showed this token for this very thing. */
  readonly seenIn: Seen | null;
  /** Shown for another thing, and never for this one. */
  readonly issuedFor: Seen | null;
  /** Shown for the whole that this thing is a part of, or for another part of it, and never for this one. */
  readonly shownBeside: Seen | null;
  /** An exchange that shows that another token was current when the request was refused. */
  readonly movedIn: Seen | null;
  /** An exchange that shows the same token as current after the refusal. */
  readonly unmovedIn: Seen | null;
  readonly movedBy: Mover;
}

/** The exchanges around a refusal that can tell of the resource's state. */
export interface StateSights {
  /** The last one before and the first one after that speak of a state. */
  readonly before: Seen | null;
  readonly after: Seen | null;
  /** The first read after it, where it came soon and shows the resource. */
  readonly next: Seen | null;
}

/** What they tell: whether it is in one of some states. */
export interface StateStory {
  /** The nearest that shows one of the states: the last before, else the first after. */
  readonly shown: Seen | null;
  /** A read right after the refusal that shows the resource in a state, and in none of these. */
  readonly otherwise: Seen | null;
  /** Such a read tells of no state at all. */
  readonly untold: boolean;
}

/** What was sent after a refusal, where something was sent to confirm it. */
export interface TryStory {
  /** Writes that were refused in the same way, and in what they differ. */
  readonly alike: readonly { readonly seen: Seen; readonly differsIn: string }[];
  /** The very same request, accepted later. */
  readonly passed: Seen | null;
  /** Reads of the same thing. */
  readonly reads: readonly Seen[];
}
