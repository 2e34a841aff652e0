/** What a person reads about one cause, whatever the exchange. Plain sentences. */
export interface CauseText {
  /** What is so, in a few words. */
  readonly title: string;
  /** What a client sees. */
  readonly seen: string;
  /** Why it happens. */
  readonly why: string;
  /** How gcidem tells it from its rivals. */
  readonly told: string;
  /** What to change in the client. */
  readonly remedy: string;
}
