import type { RoutePolicy } from "../policy/policy.js";
import type { Caller } from "./auth.js";
import type { Fields, Org, TableName } from "./org.js";
import type { Refusal } from "./refusal.js";
import type { OfferedToken, TokenHolder } from "./tokens.js";
import type { Asker, Instant, Versioned } from "./versioned.js";

/** Who looks at a resource, and how far behind (C8). */
export interface Reader {
  readonly instant: Instant;
  /** True: shown what is there now, as no client is. The trace compares with that. */
  readonly seesAll: boolean;
  /** Set once something was shown as it was before a write that readers do not see yet. */
  trails: boolean;
}

/** One request on its way through the rules. */
export interface Call extends Reader {
  readonly org: Org;
  readonly caller: Caller;
  readonly asker: Asker;
  readonly policy: RoutePolicy;
  /** True where the policy has the paths and members that forum posts made up. */
  readonly invented: boolean;
  /** Values of the route's `{name}` segments. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  /** As in the trace. */
  readonly key: string | null;
}

/** A state that locks and terminal states look at. */
export interface StateSince {
  readonly state: string;
  readonly sinceMs: number;
}

/** What a request is about, as far as tokens, locks and late readers go. */
export interface Subject {
  /** What messages call it: user, conversation, ... */
  readonly noun: string;
  /** The vendor's own words for an outdated version, where it has some for this operation. */
  readonly staleMessage?: (sent: string, current: string) => string;
  readonly versioned: Versioned;
  /** The content that a hash is taken of, and that tells whether a write changed anything. */
  readonly content: () => string;
  /** The conversation of a participant or of secure attributes. */
  readonly parent: () => TokenHolder | null;
  readonly states: () => readonly StateSince[];
  /** Keeps what readers still see until `untilMs`. */
  readonly remember: (untilMs: number) => void;
}

/** What an operation did. */
export interface Effect {
  /** Made for this answer: the token is put into it. */
  readonly representation: Fields;
  /** Puts the token where this representation has it. Absent: at the top. Called once the write counts. */
  readonly placeToken?: (token: OfferedToken | null) => void;
  /** True where the subject is no more. */
  readonly gone?: boolean;
  /** True for a PUT that created. */
  readonly created?: boolean;
  /** What was created, for its token. */
  readonly subject?: Subject;
  readonly location?: string;
  /** What was made or changed where clients can delete it, as `lifeOf` names it. */
  readonly resource?: string;
}

/** An operation whose resource was found. `subject` is null for creations and for what has no history. */
export interface Prepared {
  readonly subject: Subject | null;
  /** Null: the body has the documented shape. */
  readonly validate?: (body: unknown) => Refusal | null;
  /** Of what was there before, where `subject` is null because the request would make it. */
  readonly history?: () => Versioned;
  /** The members that a body would touch. Null or absent: all of them, those that are not there included. */
  readonly members?: (body: unknown) => readonly string[] | null;
  /** True for a write that may pass a lock, since it is how the state changes. */
  readonly setsState?: (body: unknown) => boolean;
  /** What the operation would answer by the state of now, for a replay that shows it; null: only the stored answer can. */
  readonly current?: (stored: unknown) => Effect | null;
  /** Carries the operation out, in one turn of the event loop. The body has passed `validate`. */
  readonly execute: (body: unknown) => Effect;
}

/** What tells which documents an operation looks at. */
export interface Wanting {
  /** Values of the route's `{name}` segments. */
  readonly params: readonly string[];
  readonly caller: Caller;
  readonly policy: RoutePolicy;
  /** The body as JSON; undefined where there is none or it cannot be used. */
  readonly body: unknown;
}

/** A document, or (with `id` null) all of a collection. */
export interface Need {
  readonly table: TableName;
  readonly id: string | null;
}

/** An operation of the mock org. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path with `{name}` segments. */
  readonly template: string;
  /** The OAuth scope that covers it; null: any caller may. */
  readonly scope: "conversations" | "integrations" | "quality" | "users" | "groups" | "scim" | null;
  /** The permission that the vendor lists for it; null where it lists none. */
  readonly permission: string | null;
  /** True for a path that the platform does not have and forum posts made up. */
  readonly invented: boolean;
  /** How this operation writes its own refusals where the policy's errors are the vendor's. Absent: as ErrorBody. */
  readonly errors?: "scim";
  /** True for the look-up of a key. */
  readonly isLookup?: boolean;
  /**
   * Every document that `prepare` and what it gives look at or change, new ones with ids of their own aside. A server
   * that shares its state with others has fetched these and no others.
   */
  readonly needs: (wanting: Wanting) => readonly Need[];
  /** Null: there is no such resource. */
  readonly prepare: (call: Call) => Prepared | null;
}
