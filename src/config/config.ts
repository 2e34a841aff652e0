import type { Credentials, Sourced } from "../core/credentials.js";
import type { HeaderList } from "../core/http.js";
import type { SubjectRule } from "../subject/subject.js";

/** One setting of a target as it is shown: no secret is ever among the words. */
export interface ShownSetting {
  readonly name: string;
  /** In words: a URL, a region, "set" for a secret. */
  readonly shown: string;
  readonly source: string;
}

/** What an API calls the headers that matter here. */
export interface HeaderNames {
  readonly idempotencyKey: { readonly header: string; readonly syntax: "bare" | "quoted" };
  /** Response headers that may carry the correlation ID, the first that is there counts. */
  readonly correlationId: readonly string[];
  /** A request header in which gcidem sends an ID of its own; null: none. */
  readonly sentCorrelationId: string | null;
  /** The response header that carries the validator. */
  readonly validator: string;
}

/** What is hidden besides the secrets that gcidem knows by itself. */
export interface RedactionRules {
  /** Header names, in lower case. */
  readonly headers: readonly string[];
  /** Names of JSON members and form fields. */
  readonly members: readonly string[];
}

/** A target whose every setting is known, and where each came from. Nothing has been sent to it yet. */
export interface TargetProfile {
  /** As the user asked for it: `gc:prod`, `staging`, `https://api.example.com`. */
  readonly name: string;
  readonly kind: "genesys" | "http";
  /** Origin and path prefix, without a trailing slash. */
  readonly baseUrl: Sourced<string>;
  /** Null: requests carry none. They go to the origin of `baseUrl` and, for a login, to that of `tokenUrl`; nowhere else. */
  readonly credentials: Sourced<Credentials> | null;
  /** On every request, under the scenario's own. */
  readonly headers: HeaderList;
  /** Origins besides the target that a scenario may name. Credentials never travel there. */
  readonly allowedOrigins: readonly string[];
  /** Null: no limit. */
  readonly maxRequests: number | null;
  /** Null: what the platform documents for kind `genesys`, else no limit. */
  readonly maxRatePerMinute: number | null;
  /** URL of a proxy for this target, with credentials where it needs them; null: as the environment says. */
  readonly proxy: Sourced<string> | null;
  /** PEM text; null: only the system's authorities. */
  readonly ca: string | null;
  readonly clientCertificate: { readonly cert: string; readonly key: string } | null;
  readonly names: HeaderNames;
  readonly subjectRules: readonly SubjectRule[];
  readonly redaction: RedactionRules;
  /** Environment variables that the user's own config lets a scenario read. */
  readonly allowedEnv: readonly string[];
  /** What the user should know before anything is sent, such as a variable that outranks the profile asked for. */
  readonly warnings: readonly string[];
  /** Everything above with its source, for people. */
  readonly settings: readonly ShownSetting[];
}
