import { GcidemError } from "../../core/errors.js";
import type { HeaderList } from "../../core/http.js";
import type { Outcome, OutgoingRequest } from "../outcome.js";
import { explainRefusal } from "./explain-refusal.js";
import type { AccessToken, LoginOptions, LoginWatch } from "./oauth.js";
import { readTokenAnswer } from "./read-token-answer.js";

/** A login host that takes longer does not work. */
const TIMEOUT_MS = 30_000;

/**
 * RFC 6749, 2.3.1 has id and secret percent-encoded as in a form before they are put together; the vendor's own clients
 * send them as they are.
 */
function basicOf({ credentials, kind }: LoginOptions): string {
  const { clientId, clientSecret } = credentials;
  const spell = (text: string): string =>
    kind === "genesys" ? text : new URLSearchParams([["", text]]).toString().slice(1);
  return Buffer.from(`${spell(clientId)}:${spell(clientSecret)}`).toString("base64");
}

function tokenRequest(options: LoginOptions, basic: string): OutgoingRequest {
  const { scope, tokenUrl } = options.credentials;
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    ...(scope === null ? {} : { scope }),
  });
  const headers: HeaderList = [
    ["user-agent", options.userAgent],
    ["accept", "application/json"],
    ["authorization", `Basic ${basic}`],
    ["content-type", "application/x-www-form-urlencoded"],
  ];
  const body = Buffer.from(form.toString());
  const timeoutMs = Math.min(options.timeoutMs ?? TIMEOUT_MS, TIMEOUT_MS);
  return { method: "POST", url: tokenUrl, headers, body, timeoutMs, abort: null };
}

function noAnswer(
  outcome: Outcome & { readonly kind: "failed" },
  { credentials }: LoginOptions,
  interrupted: boolean,
): GcidemError {
  if (interrupted) return new GcidemError("interrupted", "interrupted while logging in");
  const { host } = new URL(credentials.tokenUrl);
  return new GcidemError("unreachable", `no login at ${host}: ${outcome.message}`, {
    hint: "check the region or the token URL, and the proxy if there is one",
  });
}

function readOutcome(
  outcome: Outcome & { readonly kind: "response" },
  options: LoginOptions,
): AccessToken | GcidemError {
  if (outcome.status < 200 || outcome.status > 299) {
    const { message, hint } = explainRefusal(outcome, options);
    return new GcidemError("login", message, { hint });
  }
  const token = readTokenAnswer(outcome, options.clock.epochMs());
  if (typeof token !== "string") return token;
  const { host } = new URL(options.credentials.tokenUrl);
  return new GcidemError("login", `the login host ${host} answered ${outcome.status} ${token}`, {
    hint: "check the token URL; what it answered is not what OAuth 2 asks for (RFC 6749, 5.1)",
  });
}

/**
 * Logs in once by client credentials (RFC 6749, 4.4) and tells the watch before anything else is done with the answer.
 * @throws GcidemError `login` where the host refuses or answers nonsense, `unreachable` where it does not answer,
 * `interrupted`
 */
export async function requestToken(options: LoginOptions, watch: LoginWatch): Promise<AccessToken> {
  const { clock, credentials, transport } = options;
  const basic = basicOf(options);
  const request = tokenRequest(options, basic);
  const startedAt = new Date(clock.epochMs()).toISOString();
  let { headers } = request;
  const observer = {
    onRequest: (wire: { readonly headers: HeaderList }): void => {
      headers = wire.headers;
    },
  };
  const outcome = await transport.send(request, observer, watch.signal);
  const found =
    outcome.kind === "failed"
      ? noAnswer(outcome, options, watch.signal?.aborted === true)
      : readOutcome(outcome, options);
  const token = found instanceof GcidemError ? null : found;
  watch.onLogin({
    ...{ url: credentials.tokenUrl, headers, body: request.body ?? Buffer.alloc(0), startedAt, outcome },
    secrets: [credentials.clientSecret, basic, ...(token === null ? [] : [token.value])],
    readable: token !== null || outcome.kind === "failed" || outcome.status > 299,
  });
  if (token === null) throw found;
  return token;
}
