/** What an exchange is about. */
export interface Subject {
  /** Which thing it reads or writes, by a name that every path to that thing shares. */
  readonly resource: string;
  readonly role: "read" | "write" | "compare-and-set";
  /** The validator that the answer carried: entity tag or version. */
  readonly tokenSeen: string | null;
  /** The validator that the request carried. */
  readonly tokenSent: string | null;
}

/** How an API names the thing that a path is about. */
export interface SubjectRule {
  /** A path of the API, with a name in braces for each changing segment: `/v1/orders/{id}/lines`. */
  readonly path: string;
  /** The thing, in the path's names: `order:{id}`. Every path with the same thing is about the same state. */
  readonly resource: string;
  /** Member of a body that holds the version, as a JSON Pointer (RFC 6901); null: `/version`. */
  readonly version: string | null;
}
