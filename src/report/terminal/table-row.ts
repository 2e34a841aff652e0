/** What an exchange's row shows, every text already safe for a terminal but not yet shortened. */
export interface ExchangeCells {
  /** Number of the exchange in the run; the first one of a burst. */
  readonly number: number;
  /** Number of the last exchange of a burst. */
  readonly last: number;
  readonly step: string;
  /** `=` the same bytes again, `~` changed; null for a request of its own. */
  readonly mark: "=" | "~" | null;
  /** The step or attempt that is sent again; null where method and path are shown instead. */
  readonly again: string | null;
  readonly method: string;
  readonly path: string;
  readonly key: string | null;
  /** The If-Match that was sent. */
  readonly ifMatch: string | null;
  readonly status: string;
  readonly tone: Tone;
  /** Number of the exchange whose stored answer came back. */
  readonly stored: number | null;
  readonly etag: string | null;
  readonly version: string | null;
  readonly ms: string | null;
}

/** How good or bad a row's outcome is: what colour it has. */
export type Tone = "good" | "notable" | "conflict" | "bad";

/** One row of the table of exchanges. */
export type TableRow =
  | { readonly kind: "exchange"; readonly cells: ExchangeCells }
  /** Something that is no exchange: a wait, a skipped step, the start of a round. */
  | { readonly kind: "note"; readonly step: string; readonly text: string };
