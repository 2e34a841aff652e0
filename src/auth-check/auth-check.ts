import type { ShownSetting } from "../config/config.js";
import type { Clock } from "../core/clock.js";
import type { ErrorCode } from "../core/errors.js";
import type { HeaderList } from "../core/http.js";
import type { Redactor } from "../core/redact.js";
import type { TargetChoice } from "../session/session.js";
import type { ShownCertificate } from "../transport/inspect-certificates.js";
import type { Transport } from "../transport/transport.js";

/** What can be found about a set-up. */
export type FindingCode =
  | "setting"
  | "tls-verification-off"
  | "plain-http"
  | "unreachable"
  | "proxy-refused"
  | "intermediary"
  | "tls-untrusted"
  | "tls-added-authority"
  | "login-refused"
  | "unknown-client"
  | "region-found"
  | "token-refused"
  | "token-short"
  | "clock-skew"
  | "redirected"
  | "rate-limited"
  | "missing-permission"
  | "permissions-unknown"
  | "needs-user"
  | "nothing-to-check";

/** One thing that somebody should know, and what to do about it. */
export interface Finding {
  readonly code: FindingCode;
  /** `problem`: it will not work like this. `warning`: it may not. `note`: good to know. */
  readonly level: "problem" | "warning" | "note";
  /** Why gcidem would not go on; null for what is no problem. */
  readonly reason: ErrorCode | null;
  /** What was found, as a sentence without its full stop. */
  readonly message: string;
  /** What to do; null: nothing. */
  readonly hint: string | null;
}

/** One request that was sent, and what came back. */
export interface Tried {
  /** What it was for: `login`, `token`, `roles`, or the region whose login host it went to. */
  readonly what: string;
  readonly method: string;
  /** Absolute, without a query. */
  readonly url: string;
  /** Null: no answer. */
  readonly status: number | null;
  /** Why there is no answer, as a sentence; null where there is one. */
  readonly failure: string | null;
  readonly durationMs: number;
  readonly correlationId: string | null;
}

/** How one host is reached. */
export interface HostWay {
  readonly host: string;
  /** `straight`, or through which proxy and who says so. */
  readonly way: string;
  /** Null over plain HTTP and where no handshake came about. */
  readonly certificate: ShownCertificate | null;
}

/** Whom a token stands for, as far as the platform says. */
export interface Caller {
  readonly organization: { readonly id: string; readonly name: string } | null;
  /** The OAuth client that the token was given to. */
  readonly client: { readonly id: string; readonly name: string } | null;
  /** Null: nobody; the token acts for a client alone, or this is not known. */
  readonly user: string | null;
  /** True for a client without a user, false where there is a user, null where this is not known. */
  readonly isClientAlone: boolean | null;
  readonly scopes: readonly string[];
}

/** How far a server's clock is from this machine's, positive where the server is ahead. */
export interface ClockSkew {
  readonly host: string;
  readonly skewMs: number;
  /** The measure is so far off at most. */
  readonly marginMs: number;
}

/** Whether the caller may do something, as far as reading can tell. */
export interface PermissionRow {
  /** `METHOD /path` with `{parameters}` where it is documented. */
  readonly operation: string;
  /** Any one is enough; empty: none is documented. Null: gcidem knows nothing of this operation's. */
  readonly anyOf: readonly string[] | null;
  /** `likely`: a read of something that is not there was not refused. */
  readonly state: "held" | "likely" | "missing" | "unknown" | "none-needed";
  /** A few words on how this is known; empty where there is nothing to say. */
  readonly because: string;
  /** True where the documents say that client credentials cannot call it. */
  readonly needsUser: boolean;
}

/** All that was found out about one target. */
export interface AuthCheck {
  readonly target: string;
  readonly kind: "genesys" | "http" | "mock";
  /** Empty for the embedded mock. */
  readonly baseUrl: string;
  readonly settings: readonly ShownSetting[];
  readonly ways: readonly HostWay[];
  readonly tried: readonly Tried[];
  /** Null: there was no login. `lifeMs` null: the login host does not say. */
  readonly token: { readonly lifeMs: number | null } | null;
  readonly caller: Caller | null;
  readonly clock: ClockSkew | null;
  /** Empty where nothing was or could be looked at. */
  readonly permissions: readonly PermissionRow[];
  readonly findings: readonly Finding[];
}

/** An operation that somebody means to call. */
export interface MeantOperation {
  readonly method: string;
  /** Under the target's base URL, without a query. */
  readonly path: string;
}

/** How a target is checked. */
export interface CheckOptions {
  /** As the user asked for it. */
  readonly name: string;
  readonly target: TargetChoice;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The headers of `-H`. */
  readonly headers: HeaderList;
  /** PEM text of `--cacert`; null: none. */
  readonly ca: string | null;
  /** What to look for permissions of; null: everything whose permissions are known. */
  readonly operations: readonly MeantOperation[] | null;
  /** True: a client that its login host does not know is looked for at the other regions' login hosts, without its secret. */
  readonly tryRegions: boolean;
  readonly signal: AbortSignal;
}

/** Where a check writes down what it finds. */
export interface Notes {
  readonly find: (finding: Finding) => void;
  readonly tell: (tried: Tried) => void;
  /** Of several measures the narrowest counts. */
  readonly measure: (skew: ClockSkew) => void;
}

/** What the steps of one check share. */
export interface Checking {
  readonly options: CheckOptions;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly notes: Notes;
  /** Knows every secret that is in play. */
  readonly redactor: Redactor;
}
