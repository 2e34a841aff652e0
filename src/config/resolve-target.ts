import type { HeaderList } from "../core/http.js";
import type { HeaderNames, RedactionRules, TargetProfile } from "./config.js";
import { readTargetUrl } from "./target-url.js";

/** All that decides what a target means besides its name. */
export interface TargetContext {
  /** The file of `--config`; null: looked for upwards from `cwd`. */
  readonly configFile: string | null;
  /** The headers of `-H`: an Authorization among them outranks any other credentials. */
  readonly headers: HeaderList;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The user's home folder, under which `.gc/config.toml` and `.config/gcidem/config.yaml` are looked for. */
  readonly home: string;
  /** Reads a text file. @throws GcidemError `invalid-file` */
  readonly readText: (file: string) => string;
}

/** What headers are called where nobody says otherwise. */
const DEFAULT_NAMES: HeaderNames = {
  idempotencyKey: { header: "Idempotency-Key", syntax: "bare" },
  correlationId: ["inin-correlation-id", "x-correlation-id", "x-request-id", "request-id"],
  sentCorrelationId: null,
  validator: "ETag",
};

const NO_REDACTION: RedactionRules = { headers: [], members: [] };

/**
 * Finds out what `--target` means: `gc:NAME`, the name of a profile in a config file, or an http(s) URL. `mock` and
 * `mock+http://...` are no profiles and never come here. Reads config files and, where a secret comes from one, secret
 * files and commands; sends nothing.
 * @throws GcidemError `usage` for an unknown name or a missing setting, `invalid-file` for a bad config file
 */
export async function resolveTarget(text: string, _context: TargetContext): Promise<TargetProfile> {
  const baseUrl = readTargetUrl(text);
  return {
    name: text,
    kind: "http",
    baseUrl: { value: baseUrl, source: "flag --target" },
    credentials: null,
    headers: [],
    allowedOrigins: [],
    maxRequests: null,
    maxRatePerMinute: null,
    proxy: null,
    ca: null,
    clientCertificate: null,
    names: DEFAULT_NAMES,
    subjectRules: [],
    redaction: NO_REDACTION,
    allowedEnv: [],
    warnings: [],
    settings: [{ name: "base URL", shown: baseUrl, source: "flag --target" }],
  };
}
