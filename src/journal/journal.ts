import type { FailurePhase } from "../core/failure.js";
import type { HeaderList } from "../core/http.js";
import type { TargetKind } from "../core/target.js";

/** How a body is written in the journal and in reports: as text where it is valid UTF-8, else base64. */
export type BodyEncoding = "utf8" | "base64";

/**
 * A part of a message that a recording does not have. What it was is unknown; it must not be read as "none". `headers`: all
 * of them; `key`, `validator`: the header that carries an idempotency key, an If-Match or an ETag was there without its value;
 * `values`: the body is there, and somebody took values out of it.
 */
export type MissingPart = "headers" | "body" | "key" | "validator" | "values";

/** A request as it was sent, redacted. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: string;
  readonly bodyEncoding: BodyEncoding;
  /** SHA-256 in hex of the bytes sent; `hmac-sha256:...` under a key of this run where the body was redacted. */
  readonly bodySha256: string;
  /** Only in recorded traffic: what the recorder left out. Absent: nothing. */
  readonly missing?: readonly MissingPart[];
  /** Headers whose values gcidem makes anew for every request, in lower case. Absent: none. */
  readonly varied?: readonly string[];
}

/** An answer as it came, redacted, its body decompressed. */
export interface ReceivedResponse {
  readonly status: number;
  readonly httpVersion: string;
  readonly headers: HeaderList;
  readonly body: string;
  readonly bodyEncoding: BodyEncoding;
  readonly bodySha256: string;
  /** True where the body went on past the cap and was cut there. */
  readonly truncated: boolean;
  /** Only in recorded traffic: what the recorder left out. Absent: nothing. */
  readonly missing?: readonly MissingPart[];
}

/** Why there is no response. */
export interface ExchangeError {
  /** A stable code such as ECONNRESET, ETIMEDOUT, ERR_BODY_LENGTH. */
  readonly code: string;
  readonly phase: FailurePhase;
  readonly message: string;
}

/** Milliseconds from the run's start on the target's clock, µs resolution; `startedAt` is for people. */
export interface Timings {
  readonly startedAt: string;
  readonly startMs: number;
  /** When the last byte was handed to the system; null if it never was. */
  readonly sentMs: number | null;
  readonly releasedMs: number | null;
  readonly firstByteMs: number | null;
  readonly endMs: number | null;
}

/** What rules for an API say of an exchange besides its resource. */
export interface RuledSubject {
  /** The thing that a POST made; null where its answer does not tell. */
  readonly made: string | null;
  /** Where bodies hold the version by a rule, and the one that was sent; null where no rule says. */
  readonly version: { readonly name: string; readonly sent: string | null } | null;
}

/** How an API names the thing that a path is about, as the subject room reads it. */
export interface RecordedRule {
  readonly path: string;
  readonly resource: string;
  readonly version: string | null;
}

/** One request and what came of it: the only evidence there is. */
export interface Exchange {
  readonly id: string;
  readonly step: string;
  readonly attempt: number;
  readonly writer: number | null;
  readonly round: number;
  /** Which thing it reads or writes, as the subject room names it; null straight from the journal. */
  readonly resource: string | null;
  readonly request: SentRequest;
  readonly response: ReceivedResponse | null;
  readonly error: ExchangeError | null;
  readonly correlationId: string | null;
  readonly idempotencyKey: string | null;
  readonly ifMatch: string | null;
  readonly etag: string | null;
  /** The member `version` of the answered JSON, or the one that a rule names, where there is one. */
  readonly version: string | number | null;
  /** What rules for this API say of it. Absent where there are none. */
  readonly ruled?: RuledSubject;
  readonly timings: Timings;
}

/** What is known of traffic that somebody else recorded. */
export interface RecordedTraffic {
  /** `HAR 1.2`, `Genesys JavaScript SDK log`. */
  readonly format: string;
  /** The program that wrote it, as it calls itself; null where it does not say. */
  readonly recordedBy: string | null;
  /** False where the order of sending and answering, or overlap, cannot be concluded. */
  readonly timesKnown: boolean;
  /** False where bodies were written anew: their values are those that were sent, their bytes may not be. */
  readonly bodiesExact: boolean;
  /** Some requests among the others could not be read. Absent: all could. */
  readonly requestsLost?: true;
  /** What is missing and which setting to change, each a plain sentence. */
  readonly notes: readonly string[];
}

/** First line of a journal. */
export interface RunStarted {
  readonly type: "run-started";
  readonly schema: "gcidem-journal/1";
  readonly run: string;
  readonly tool: string;
  readonly node: string;
  readonly scenario: {
    readonly name: string;
    readonly file: string;
    /** SHA-256 of the file as it was read. */
    readonly sha256: string;
    /** The file's text, redacted. */
    readonly text: string;
  };
  readonly target: { readonly kind: TargetKind; readonly baseUrl: string; readonly policy: string | null };
  readonly seed: number;
  readonly startedAt: string;
  /** What the target calls the headers that matter. Absent: the usual names. */
  readonly names?: JournalNames;
  /** Writes were left out on purpose (`--read-only`). Absent: no. */
  readonly readOnly?: true;
  /** How a config file said that the API names its things. Absent: as the subject room does by itself. */
  readonly subjectRules?: readonly RecordedRule[];
  /** Somebody asked for rounds. Absent: no. */
  readonly inRounds?: true;
  /** The server was this run's alone, as the embedded mock is: nobody else wrote anything there. Absent: not known. */
  readonly exclusive?: true;
  /** Only where the target's kind is `recording`. */
  readonly recording?: RecordedTraffic;
  /** What requests were sent to afterwards to confirm causes, in the place of which recorded origin. Absent: nothing. */
  readonly confirmedOn?: ConfirmedOn;
}

/** Response headers, as a target's own settings name them. */
export interface JournalNames {
  /** The first that is there carries the correlation ID. */
  readonly correlationId: readonly string[];
  readonly validator: string;
}

/** gcidem's own login. It is no exchange of the scenario: nobody counts it, and nobody explains it. */
export interface LoggedIn {
  readonly type: "login";
  readonly startedAt: string;
  readonly durationMs: number;
  readonly request: SentRequest;
  /** Its body is `missing` where a token might stand in it that nobody could read. */
  readonly response: ReceivedResponse | null;
  readonly error: ExchangeError | null;
}

/** A server that stands for the one of a recording. */
export interface ConfirmedOn {
  readonly kind: TargetKind;
  readonly baseUrl: string;
  readonly policy: string | null;
  /** Scheme, host and port that the recording has. */
  readonly origin: string;
}

/** Values that names were bound to: scenario vars at the start of a round, captures when a step made them. */
interface Bound {
  readonly type: "bound";
  readonly round: number;
  /** Absent: of the whole scenario; otherwise a writer's own, in a race. */
  readonly writer?: number;
  /** `name` for vars, `step.capture` for captures. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** A request that is about to leave. */
export interface RequestSent {
  readonly type: "request-sent";
  readonly id: string;
  readonly step: string;
  readonly attempt: number;
  readonly writer: number | null;
  readonly round: number;
  readonly startedAt: string;
  readonly startMs: number;
  readonly request: SentRequest;
  /** The header that carries the idempotency key, where the scenario names one. */
  readonly keyHeader?: string;
}

/** The answer to a request. */
export interface ResponseReceived {
  readonly type: "response";
  readonly id: string;
  readonly sentMs: number | null;
  readonly releasedMs: number | null;
  readonly firstByteMs: number;
  readonly endMs: number;
  readonly response: ReceivedResponse;
}

/** A request without an answer. */
export interface RequestFailed {
  readonly type: "failed";
  readonly id: string;
  readonly sentMs: number | null;
  readonly releasedMs: number | null;
  readonly endMs: number;
  readonly error: ExchangeError;
}

/** How close the requests of one barrier of a race came. */
export interface RaceReleased {
  readonly type: "race";
  /** Id of the race step. */
  readonly step: string;
  /** Full id of the inner steps, `RACE/STEP`; several where lanes differ. */
  readonly waves: readonly string[];
  readonly round: number;
  /** `h2`, `last-byte`, `warm` or `naive`; `none` where there was no barrier (`as-ready`). */
  readonly technique: string;
  /** Instant of the release; null without a barrier. */
  readonly releasedMs: number | null;
  /** First to last request handed to the system. */
  readonly clientSpreadMs: number | null;
  readonly arrivalSpreadMs: number | null;
  /** `measured` by the mock, or `estimated` from round trips; null where nothing is known. */
  readonly arrivalSource: "measured" | "estimated" | null;
  /** Requests that were answered before they were released. */
  readonly earlyAnswers: number;
  /** Requests of this barrier, and how many of them were really held. */
  readonly requests: number;
  readonly held: number;
  /** False where fewer than two requests were under way at the same time: nothing can be concluded. */
  readonly formed: boolean;
  /** Present where the user's interrupt ended requests of this barrier: that it was not formed says nothing then. */
  readonly interrupted?: true;
  /** What a reader should know, in plain sentences. */
  readonly notes: readonly string[];
}

/** Why steps are skipped once the request budget is spent: their round ended early. */
export const BUDGET_SPENT = "--max-requests is reached";

/** A step that could not run, and why. */
interface StepSkipped {
  readonly type: "step-skipped";
  readonly step: string;
  readonly round: number;
  readonly reason: string;
}

/** Something that a clean-up step was to remove, and that may still be there. */
export interface NotRemoved {
  readonly type: "not-removed";
  /** Id of the clean-up step. */
  readonly step: string;
  readonly round: number;
  /** Words that end a sentence: `the answer was 500`, `interrupted`. */
  readonly reason: string;
  /** The exchange that did not remove it; null where nothing was sent for it. */
  readonly exchange: string | null;
  /** What removes it; values that nobody knows are their names, as `<made.id>`. Null where it cannot be made. */
  readonly request: SentRequest | null;
}

/** What the writes that `--read-only` left out would have done to what was read. */
interface Planned {
  readonly type: "planned";
  /** A sentence each. */
  readonly lines: readonly string[];
}

/** Last line of a journal whose run was not killed. */
export interface RunEnded {
  readonly type: "run-ended";
  readonly endedAt: string;
  readonly durationMs: number;
  readonly interrupted: boolean;
  readonly redactedSecrets: number;
  /** Different values of callers' data that were replaced. Absent in journals of earlier versions. */
  readonly redactedPersonal?: number;
}

/** One line of `journal.ndjson`. */
export type JournalRecord =
  | RunStarted
  | LoggedIn
  | Bound
  | RequestSent
  | ResponseReceived
  | RequestFailed
  | RaceReleased
  | StepSkipped
  | NotRemoved
  | Planned
  | RunEnded;

/** What a journal tells in order: exchanges once they have an outcome, and what else was written down. */
export type JournalEntry =
  | { readonly type: "exchange"; readonly exchange: Exchange }
  | Exclude<JournalRecord, RequestSent | ResponseReceived | RequestFailed>;

/**
 * A journal read back: lazy and re-iterable, so that a run of any length is judged and rendered in bounded memory.
 * A torn last line is passed over; a request without an outcome is an exchange that failed with code `UNFINISHED`.
 */
export interface JournalView {
  readonly started: RunStarted;
  readonly ended: RunEnded | null;
  readonly entries: () => Iterable<JournalEntry>;
  readonly exchanges: () => Iterable<Exchange>;
  readonly exchange: (id: string) => Exchange;
  readonly close: () => void;
}
