import type { TargetProfile } from "../config/config.js";
import type { ClientCredentials } from "../core/credentials.js";
import { GcidemError } from "../core/errors.js";
import { VERSION } from "../core/version.js";
import type { AccessToken, LoginExchange } from "../transport/oauth/oauth.js";
import { membersOf } from "../transport/oauth/read-token-answer.js";
import { requestToken } from "../transport/oauth/request-token.js";
import type { Outcome } from "../transport/transport.js";
import { noteOutcome } from "./ask.js";
import type { Checking, Finding } from "./auth-check.js";
import { durationWords } from "./duration-words.js";
import { problem, warning } from "./findings.js";
import { isProxied } from "./host-ways.js";
import { textOf } from "./json-members.js";
import { judgeFailure } from "./judge-answer.js";

/** What came of one request for a token. */
interface LoginResult {
  readonly token: AccessToken | null;
  /** Null where nothing was sent. */
  readonly outcome: Outcome | null;
  readonly error: GcidemError | null;
}

/** Asks once for a token and writes down what came of it. @throws GcidemError `interrupted` */
export async function askForToken(
  what: string,
  { credentials, kind }: { readonly credentials: ClientCredentials; readonly kind: TargetProfile["kind"] },
  checking: Checking,
): Promise<LoginResult> {
  const { transport, clock, redactor, options } = checking;
  const logins: LoginExchange[] = [];
  const watch = {
    onLogin: (login: LoginExchange) => {
      for (const secret of login.secrets) redactor.learn(secret);
      logins.push(login);
    },
    onWarning: () => undefined,
    signal: options.signal,
  };
  const login = { credentials, kind, transport, clock, userAgent: `gcidem/${VERSION}` };
  let [token, error]: [AccessToken | null, GcidemError | null] = [null, null];
  try {
    token = await requestToken(login, watch);
  } catch (caught) {
    if (!(caught instanceof GcidemError)) throw caught;
    error = caught;
  }
  const outcome = logins[0]?.outcome ?? null;
  if (outcome !== null)
    noteOutcome({ what, method: "POST", url: new URL(credentials.tokenUrl) }, outcome, checking);
  return { token, outcome, error };
}

/** True where the login host says that it has no such client (the vendor's documented 400). Pure. */
function isUnknownClient(outcome: Outcome | null): boolean {
  const members = outcome?.kind === "response" ? membersOf(outcome.body) : null;
  const words = textOf(members?.error_description) ?? textOf(members?.description) ?? "";
  return members?.error === "invalid_client" && /not found|unknown/i.test(words);
}

function sourceOf({ settings }: TargetProfile, name: string): string {
  return settings.find((each) => each.name === name)?.source ?? "unknown";
}

function unknownClient(profile: TargetProfile, message: string, tried: boolean): Finding {
  const where = `the client id (${sourceOf(profile, "credentials")}) and the region (${sourceOf(profile, "region")})`;
  return problem("unknown-client", "login", {
    message,
    hint: tried
      ? `check ${where}`
      : `check ${where}; --try-regions asks the other regions' login hosts whether they know the id, and sends them no secret`,
  });
}

function shortLife(lifeMs: number): Finding {
  return warning(
    "token-short",
    `the token lives for ${durationWords(lifeMs)} only`,
    "longer runs log in again under way; the OAuth client's settings say how long its tokens live (5 min to 48 h)",
  );
}

const SHORTEST_LIFE_MS = 300_000;

/**
 * Logs in by client credentials. Null where no token came; why is found by then, and `unknown` says that it is because the
 * host has no such client. @throws GcidemError `interrupted`
 */
export async function logIn(
  credentials: ClientCredentials,
  profile: TargetProfile,
  checking: Checking,
): Promise<{ readonly token: AccessToken | null; readonly unknown: boolean }> {
  const { notes, options } = checking;
  const { kind } = profile;
  const { token, outcome, error } = await askForToken("login", { credentials, kind }, checking);
  if (token !== null) {
    if (token.lifeMs !== null && token.lifeMs < SHORTEST_LIFE_MS) notes.find(shortLife(token.lifeMs));
    return { token, unknown: false };
  }
  const unknown = isUnknownClient(outcome) && kind === "genesys";
  const { message = "no token came", hint = null } = error ?? {};
  if (outcome?.kind === "failed")
    notes.find(judgeFailure(outcome, isProxied(new URL(credentials.tokenUrl), options)));
  else if (unknown) notes.find(unknownClient(profile, message, options.tryRegions));
  // A proxy's 407 is told by itself, and says nothing of the client.
  else if (outcome?.status !== 407)
    notes.find(problem("login-refused", error?.code ?? "login", { message, hint }));
  return { token: null, unknown };
}
