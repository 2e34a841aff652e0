import type { Problem } from "../core/errors.js";
import type { HeaderList } from "../core/http.js";
import type { ExchangeError, MissingPart, RecordedTraffic } from "../journal/journal.js";

/** A body as a recorder kept it. */
export interface RecordedBody {
  /** Null: none, or not recorded (`missing`). */
  readonly bytes: Uint8Array | null;
  readonly missing: boolean;
  /** It is there, and not what it says it is: base64 that is none. `missing` then. */
  readonly garbled: boolean;
  /** False where the bytes were put together from fields or written anew. */
  readonly exact: boolean;
  /** True where bytes beyond the cap were left out. */
  readonly cut: boolean;
}

/** A request as it was recorded, nothing redacted yet. */
export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: RecordedBody;
  readonly missing: readonly MissingPart[];
}

/** An answer as it was recorded, nothing redacted yet. */
export interface RecordedResponse {
  readonly status: number;
  readonly httpVersion: string;
  readonly headers: HeaderList;
  readonly body: RecordedBody;
  readonly missing: readonly MissingPart[];
}

/** When things happened: the start in ms since 1970, the rest in ms from the start. Null: the recorder does not say. */
export interface RecordedTimes {
  readonly startedAtMs: number | null;
  readonly sentMs: number | null;
  readonly firstByteMs: number | null;
  readonly endMs: number | null;
}

/** One request and what came of it, as somebody else recorded it. */
export interface RecordedExchange {
  readonly request: RecordedRequest;
  /** Null: none is recorded; `error` says why. */
  readonly response: RecordedResponse | null;
  readonly error: ExchangeError | null;
  readonly times: RecordedTimes;
}

/** Traffic that was recorded, in the order in which it was sent as far as anybody knows. */
export interface Recording extends RecordedTraffic {
  /** What could not be read, with its place; what could be is in `exchanges`. */
  readonly problems: readonly Problem[];
  readonly count: number;
  /** Origins of the requests, the one with the most writes first. */
  readonly origins: readonly string[];
  /** Credential headers, each once, so that a redactor knows them before the first byte is written. */
  readonly secretHeaders: HeaderList;
  /** Reads the source anew at each iteration, one exchange in memory at a time. `wanted`: only these, by their place in it. */
  readonly exchanges: (wanted?: ReadonlySet<number>) => Iterable<RecordedExchange>;
}

/** What a file seems to be, by how it begins. */
export type RecognisedFormat =
  | { readonly kind: "har" | "journal" | "lines" | "sdk-text-log" }
  /** Something that cannot be read: its name, and what to do instead. */
  | { readonly kind: "other"; readonly name: string; readonly hint: string };
