import { randomBytes } from "node:crypto";
import { type Answer, type Arrived, refusal } from "./wire.js";

/** An OAuth client of the organisation. */
export interface Client {
  readonly id: string;
  readonly secret: string;
  /** What its roles allow; null: everything. */
  readonly permissions: readonly string[] | null;
}

/** A token that was handed out. */
interface Token {
  readonly client: Client;
  readonly expiresAt: number;
  usesLeft: number;
  revoked: boolean;
}

/** How long tokens last. Tests may change it under way. */
export interface TokenLife {
  lifeSeconds: number;
  /** After so many requests a token has ended, as if its time were over. */
  uses: number;
}

/** The login and what it handed out. */
export interface Login {
  readonly answer: (request: Arrived) => Answer;
  /** Whose token a request carries, and the platform's refusal where it is nobody's. Counts as one use. */
  readonly judge: (request: Arrived) => { readonly client: Client; readonly token: string } | Answer;
  /** Ends every token that was handed out so far. */
  readonly revokeAll: () => void;
  /** Every token that was handed out so far. */
  readonly tokens: () => readonly string[];
}

/** RFC 6749's form with the vendor's `description` beside it. Read in a client library that is tested on a live organisation. */
function loginError(status: number, error: string, text: string): Answer {
  return { status, json: { error, description: text, error_description: text } };
}

const NO_TOKEN = refusal(
  401,
  "authentication.required",
  "No authentication bearer token specified in authorization header.",
);
const BAD_TOKEN = refusal(401, "bad.credentials", "Invalid login credentials.");

function basicOf(request: Arrived): readonly [id: string, secret: string] | null {
  const coded = /^basic (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (coded === undefined) return null;
  const [id = "", ...secret] = Buffer.from(coded, "base64").toString("utf8").split(":");
  // As the vendor's SDK writes them: RFC 6749 wants both form-encoded first, which no source of the vendor's shows.
  return [id, secret.join(":")];
}

function refuseLogin(request: Arrived): Answer | null {
  if (request.path !== "/oauth/token") return { status: 404 };
  if (request.method !== "POST") return { status: 405 };
  const isForm = /^application\/x-www-form-urlencoded\b/.test(request.headers["content-type"] ?? "");
  const grant = new URLSearchParams(isForm ? request.body : "").get("grant_type");
  return grant === "client_credentials"
    ? null
    : loginError(400, "unsupported_grant_type", "grant type not supported");
}

/** Makes the login of an organisation with these clients. */
export function createLogin(clients: readonly Client[], life: TokenLife): Login {
  const issued = new Map<string, Token>();
  const issue = (client: Client): Answer => {
    const token = randomBytes(32).toString("base64url");
    const expiresAt = Date.now() + life.lifeSeconds * 1000;
    issued.set(token, { client, expiresAt, usesLeft: life.uses, revoked: false });
    return { status: 200, json: { access_token: token, token_type: "bearer", expires_in: life.lifeSeconds } };
  };
  return {
    answer: (request) => {
      const refused = refuseLogin(request);
      if (refused !== null) return refused;
      const [id = "", secret = ""] = basicOf(request) ?? [];
      const client = clients.find((each) => each.id === id);
      if (client === undefined) return loginError(400, "invalid_client", "client not found");
      return client.secret === secret
        ? issue(client)
        : loginError(401, "invalid_client", "authentication failed");
    },
    judge: (request) => {
      const sent = /^bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
      if (sent === undefined) return NO_TOKEN;
      const token = issued.get(sent);
      if (token === undefined || token.revoked || token.expiresAt <= Date.now() || token.usesLeft <= 0)
        return BAD_TOKEN;
      token.usesLeft -= 1;
      return { client: token.client, token: sent };
    },
    revokeAll: () => {
      for (const token of issued.values()) token.revoked = true;
    },
    tokens: () => [...issued.keys()],
  };
}
