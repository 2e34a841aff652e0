import type { HeaderList } from "../core/http.js";
import type { Redactor } from "../core/redact.js";
import type { ExchangeError, LoggedIn } from "./journal.js";
import { recordRequest, recordResponse } from "./record-message.js";

/** A login as it went, secrets and all. */
interface RawLogin {
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly response: Parameters<typeof recordResponse>[0] | null;
  readonly error: ExchangeError | null;
  readonly secrets: readonly string[];
  /** False where the answer's body may hide a token that nobody could read out of it. */
  readonly readable: boolean;
}

/** A login as the journal keeps it: its secrets are known to the redactor from here on, and in no byte of it. */
export function recordLogin(raw: RawLogin, redactor: Redactor): LoggedIn {
  for (const secret of raw.secrets) redactor.learn(secret);
  const { url, headers, body, startedAt, durationMs } = raw;
  const shown =
    raw.response === null || raw.readable ? raw.response : { ...raw.response, body: Buffer.alloc(0) };
  const response = shown === null ? null : recordResponse(shown, redactor.about(raw.url));
  return {
    type: "login",
    startedAt,
    durationMs: Math.round(durationMs * 1000) / 1000,
    request: recordRequest({ method: "POST", url, headers, body }, redactor),
    response: response === null || raw.readable ? response : { ...response, missing: ["body"] },
    error: raw.error === null ? null : { ...raw.error, message: redactor.text(raw.error.message) },
  };
}
