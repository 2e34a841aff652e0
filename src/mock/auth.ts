import { type Random, seededRandom } from "../core/random.js";
import type { AuthKind } from "../core/target.js";
import type { Principal, World } from "../core/world.js";
import { messageOf, type Refusal } from "./refusal.js";
import { readSignedToken, signToken } from "./signed-token.js";

/** Lifetime of the default principal's tokens: the vendor's default, 24 hours. */
const DEFAULT_TOKEN_LIFE_MS = 24 * 3_600_000;

/** How long ago the life of a token ended that is issued expired: more than the clocks of two servers ever differ. */
const EXPIRED_FOR_MS = 1_000;

/** The principal of a client that the world does not name. */
export const DEFAULT_PRINCIPAL = "default";

/** Older tokens than this many are forgotten, so that a client that logs in without end costs nothing. */
const REMEMBERED_TOKENS = 100_000;

/** Who sent a request. */
export interface Caller {
  readonly name: string;
  readonly account: string;
  /** The user that `users/me` shows. */
  readonly userId: string;
  /** Null: may do everything. */
  readonly scopes: readonly string[] | null;
  readonly tokenLifeMs: number;
}

interface Token {
  readonly text: string;
  readonly caller: Caller;
  expiresAtMs: number;
  /** True once the mock refused it as expired: its owner knows. */
  refused: boolean;
}

/** What a bearer token stands for. */
export type Login =
  | { readonly kind: "caller"; readonly caller: Caller; readonly token: string }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Issues tokens and knows whose they are. */
export interface Logins {
  /** The principal of a name; the default one for a name that the world does not have. */
  readonly callerOf: (name: string | null) => Caller;
  readonly issue: (caller: Caller) => string;
  /** As `Mock.token` says. */
  readonly tokenFor: (principal: string | null, auth: AuthKind) => string | null;
  readonly check: (authorization: string | undefined) => Login;
  /** Ends a token's life now. */
  readonly expire: (authorization: string | undefined) => void;
}

const REQUIRED: Login = {
  kind: "refused",
  refusal: {
    status: 401,
    code: "authentication.required",
    message: messageOf("authentication.required", ""),
    headers: [["WWW-Authenticate", "Bearer"]],
    cause: "token-invalid",
    reason: "no bearer token was sent",
  },
};

const UNKNOWN: Login = {
  kind: "refused",
  refusal: {
    status: 401,
    code: "bad.credentials",
    message: messageOf("bad.credentials", ""),
    headers: [["WWW-Authenticate", 'Bearer error="invalid_token"']],
    cause: "token-invalid",
    reason: "this server never issued the token",
  },
};

/** The refusal of a token that is past its life, or that was ended before. Pure. */
export function expiredLogin(caller: Caller): Login {
  return {
    kind: "refused",
    refusal: {
      status: 401,
      code: "credentials.expired",
      message: "The access token has expired.",
      headers: [["WWW-Authenticate", 'Bearer error="invalid_token"']],
      cause: "token-expired",
      reason: `the token of ${caller.name} is past its life of ${caller.tokenLifeMs} ms`,
    },
  };
}

function toCaller(name: string, principal: Principal | null, seed: number): Caller {
  return {
    name,
    account: principal?.account ?? "default",
    userId: seededRandom(seed, `user ${name}`).uuid(),
    scopes: principal?.scopes ?? null,
    tokenLifeMs: principal?.tokenLifeMs ?? DEFAULT_TOKEN_LIFE_MS,
  };
}

const SCHEME = "bearer ";

function readBearer(authorization: string): string | null {
  if (authorization.slice(0, SCHEME.length).toLowerCase() !== SCHEME) return null;
  const text = authorization.slice(SCHEME.length).trim();
  return text === "" ? null : text;
}

let latestBearer: { readonly authorization: string; readonly text: string | null } = {
  authorization: "",
  text: null,
};

/** A client sends the same one with each request. */
function bearer(authorization: string | undefined): string | null {
  if (authorization === undefined) return null;
  if (authorization !== latestBearer.authorization)
    latestBearer = { authorization, text: readBearer(authorization) };
  return latestBearer.text;
}

function newTokenText(random: Random): string {
  return `${random.uuid()}${random.uuid()}`.replaceAll("-", "");
}

/** What the logins of one org start from. */
export interface LoginOptions {
  readonly seed: number;
  readonly world: World | null;
  readonly nowMs: () => number;
  /** Null: a token is known to this server alone. Otherwise to every server with the same secret. */
  readonly secret: string | null;
}

/** Starts with no token issued. */
export function createLogins({ seed, world, nowMs, secret }: LoginOptions): Logins {
  const random = seededRandom(seed, "tokens");
  const tokens = new Map<string, Token>();
  const latest = new Map<string, Token>();
  const callers = new Map<string, Caller>();
  const principals = new Map(Object.entries(world?.principals ?? {}));

  const callerOf = (name: string | null): Caller => {
    const listed = name !== null && principals.has(name) ? name : DEFAULT_PRINCIPAL;
    const caller = callers.get(listed) ?? toCaller(listed, principals.get(listed) ?? null, seed);
    callers.set(listed, caller);
    return caller;
  };
  const keep = (token: Token): Token => {
    tokens.set(token.text, token);
    const [oldest] = tokens.size > REMEMBERED_TOKENS ? tokens.keys() : [];
    if (oldest !== undefined) tokens.delete(oldest);
    return token;
  };
  const add = (caller: Caller, expiresAtMs: number): Token => {
    const text = secret === null ? newTokenText(random) : signToken(secret, caller.name, expiresAtMs);
    return keep({ text, caller, expiresAtMs, refused: false });
  };
  const known = (text: string): Token | null => {
    const token = tokens.get(text);
    if (token !== undefined || secret === null) return token ?? null;
    const signed = readSignedToken(secret, text);
    if (signed === null) return null;
    return keep({ text, caller: callerOf(signed.name), expiresAtMs: signed.expiresAtMs, refused: false });
  };
  const fresh = (caller: Caller): Token => {
    const token = add(caller, nowMs() + caller.tokenLifeMs);
    latest.set(caller.name, token);
    return token;
  };
  const valid = (caller: Caller): Token => {
    const token = latest.get(caller.name);
    const knowsBetter =
      caller.name === DEFAULT_PRINCIPAL && token !== undefined && token.expiresAtMs <= nowMs();
    return token === undefined || token.refused || knowsBetter ? fresh(caller) : token;
  };
  const find = (authorization: string | undefined): Token | null => {
    const text = bearer(authorization);
    return text === null ? null : known(text);
  };
  return {
    callerOf,
    issue: (caller) => fresh(caller).text,
    tokenFor: (principal, auth) => {
      const caller = callerOf(principal);
      if (auth === "none") return null;
      if (auth === "invalid") return newTokenText(random);
      return auth === "expired" ? add(caller, nowMs() - EXPIRED_FOR_MS).text : valid(caller).text;
    },
    check: (authorization) => {
      const text = bearer(authorization);
      if (text === null) return REQUIRED;
      const token = known(text);
      if (token === null) return UNKNOWN;
      if (nowMs() < token.expiresAtMs) return { kind: "caller", caller: token.caller, token: token.text };
      token.refused = true;
      return expiredLogin(token.caller);
    },
    expire: (authorization) => {
      const token = find(authorization);
      if (token !== null) token.expiresAtMs = Math.min(token.expiresAtMs, nowMs());
    },
  };
}
