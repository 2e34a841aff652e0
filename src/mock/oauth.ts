import { type Answer, jsonAnswer } from "./answer.js";
import type { Logins } from "./auth.js";
import type { MockRequest } from "./request.js";

/** Where clients log in. */
export const TOKEN_PATH = "/oauth/token";

/** This client id is the one that the mock does not know: 400, `client not found`. */
const UNKNOWN_CLIENT = "unknown";

/** This secret is the wrong one for every client: 401, `authentication failed`. */
const WRONG_SECRET = "wrong";

interface Credentials {
  readonly clientId: string;
  readonly secret: string;
}

function basicCredentials(authorization: string | undefined): Credentials | null {
  if (authorization === undefined || !/^basic /i.test(authorization)) return null;
  const text = Buffer.from(authorization.slice("basic ".length), "base64").toString();
  const colon = text.indexOf(":");
  return colon <= 0 ? null : { clientId: text.slice(0, colon), secret: text.slice(colon + 1) };
}

/** RFC 6749, 2.3.1 allows the credentials in the form too. */
function formCredentials(form: URLSearchParams): Credentials | null {
  const clientId = form.get("client_id");
  return clientId === null ? null : { clientId, secret: form.get("client_secret") ?? "" };
}

/** What a login ends with: the answer, and why where it failed. */
export interface LoginAnswer {
  readonly answer: Answer;
  readonly refusedBecause: string | null;
}

/** The vendor's refusals are of OAuth's form, not ErrorBody (two client libraries' tests against a live org). */
function refusal(
  status: number,
  error: string,
  description: string,
): Pick<Answer, "status"> & { readonly body: unknown } {
  return { status, body: { error, description, error_description: description } };
}

function judge(credentials: Credentials | null, form: URLSearchParams): ReturnType<typeof refusal> | null {
  if (form.get("grant_type") !== "client_credentials") {
    return refusal(400, "unsupported_grant_type", "grant_type must be client_credentials");
  }
  if (credentials === null || credentials.clientId === UNKNOWN_CLIENT) {
    return refusal(400, "invalid_client", "client not found");
  }
  return credentials.secret === WRONG_SECRET ? refusal(401, "invalid_client", "authentication failed") : null;
}

/**
 * Logs a client in. Any client id will do but `unknown` (400), any secret but `wrong` (401); a client id
 * that is the name of a principal of the world logs in as that one.
 */
export function logIn(request: MockRequest, logins: Logins, correlationId: string): LoginAnswer {
  const form = new URLSearchParams(request.body.toString());
  const credentials = basicCredentials(request.headers.authorization) ?? formCredentials(form);
  const refused = judge(credentials, form);
  if (refused !== null) {
    const answer = jsonAnswer(refused.status, correlationId, refused.body);
    return { answer, refusedBecause: `login refused with ${refused.status}` };
  }
  const caller = logins.callerOf(credentials?.clientId ?? null);
  const token = {
    access_token: logins.issue(caller),
    token_type: "bearer",
    expires_in: Math.floor(caller.tokenLifeMs / 1000),
  };
  return { answer: jsonAnswer(200, correlationId, token), refusedBecause: null };
}
