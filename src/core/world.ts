/** Who calls the mock: a client of an account, with what it may do and how long its token lives. */
export interface Principal {
  readonly account: string;
  /** Null: it may do everything. */
  readonly scopes: readonly string[] | null;
  readonly tokenLifeMs: number;
}

/** A conversation that exists before the first step. */
interface WorldConversation {
  readonly id: string;
  readonly state: string;
  readonly participants: readonly string[];
}

/** A member of the mock's generic versioned collection. Every field but `id` is content. */
interface WorldThing {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** What exists on the mock before the first step. With a world only what it lists exists. */
export interface World {
  readonly principals: Readonly<Record<string, Principal>>;
  readonly conversations: readonly WorldConversation[];
  readonly things: readonly WorldThing[];
  readonly users: readonly { readonly id: string; readonly [field: string]: unknown }[];
  readonly groups?: readonly { readonly id: string; readonly [field: string]: unknown }[];
  readonly actions: readonly { readonly id: string; readonly [field: string]: unknown }[];
}
