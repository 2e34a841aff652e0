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
