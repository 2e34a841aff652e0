import type { Redactor } from "../core/redact.js";
import type { JournalWriter } from "../journal/create-journal.js";
import { recordLogin } from "../journal/record-login.js";
import type { LoginExchange, LoginWatch } from "../transport/oauth/oauth.js";
import type { SessionOptions } from "./session.js";

function recordOf(login: LoginExchange, redactor: Redactor): ReturnType<typeof recordLogin> {
  const { outcome } = login;
  const { startMs, endMs } = outcome.timings;
  const failed = outcome.kind === "failed";
  return recordLogin(
    {
      ...login,
      durationMs: endMs - startMs,
      response: failed ? null : outcome,
      error: failed ? { code: outcome.code, phase: outcome.phase, message: outcome.message } : null,
    },
    redactor,
  );
}

/** A run that may have to log in. */
export interface RunWithLogins extends Pick<SessionOptions, "observer" | "interrupt"> {
  readonly redactor: Redactor;
  readonly append: JournalWriter["append"];
}

/** Writes a run's logins into its journal. */
export function watchLogins({ observer, interrupt, redactor, append }: RunWithLogins): LoginWatch {
  return {
    onLogin: (login) => append(recordOf(login, redactor)),
    onWarning: observer.onWarning,
    signal: interrupt,
  };
}
