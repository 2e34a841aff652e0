import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import type { TargetProfile } from "../config/config.js";
import { type Clock, realClock } from "../core/clock.js";
import type { HeaderList } from "../core/http.js";
import { isSecretHeader } from "../core/redact.js";
import type { AuthKind, Target, TargetManners } from "../core/target.js";
import { VERSION } from "../core/version.js";
import type { LoginWatch } from "../transport/oauth/oauth.js";
import { cacheFolder, tokenFile } from "../transport/oauth/token-file.js";
import { createTokenSource, type TokenSource } from "../transport/oauth/token-source.js";
import { createRateGate, type RateGate } from "../transport/rate-gate.js";
import { PLATFORM_REQUESTS_PER_MINUTE, rateLimit } from "./check-rate.js";
import { openTransport } from "./open-transport.js";
import type { SessionOptions, TargetChoice } from "./session.js";
import { type RunWithLogins, watchLogins } from "./watch-logins.js";

/** What all runs of a session on one profile share: its login and its limit. Owns sockets: close it. */
export interface TargetAccess {
  /** Opens the target for one run, whose journal has its logins. */
  readonly open: (run: RunWithLogins) => Target;
  readonly close: () => Promise<void>;
}

type Access = Pick<SessionOptions, "env" | "ca" | "maxRate" | "tokenCache"> &
  Partial<Pick<SessionOptions, "timeoutMs">>;

/** Credentials that no server gave out. */
const INVALID_TOKEN = "Bearer gcidem-invalid-token";
const INVALID_BASIC = `Basic ${Buffer.from("gcidem-invalid:gcidem-invalid").toString("base64")}`;
const INVALID_VALUE = "gcidem-invalid";

type Authorize = (watch: LoginWatch) => Promise<string | null> | string | null;

/** How a profile's requests get their Authorization. `tokens`: those of its login; null: there is none. */
export function authorizeBy({ credentials }: TargetProfile, tokens: TokenSource | null): Authorize {
  const value = credentials?.value;
  if (tokens !== null) return async (watch) => `Bearer ${await tokens.token(watch)}`;
  if (value?.kind === "bearer") return () => `Bearer ${value.token}`;
  if (value?.kind !== "basic") return () => null;
  const basic = Buffer.from(`${value.username}:${value.password}`).toString("base64");
  return () => `Basic ${basic}`;
}

/** A credential that travels in a header of its own, as a request with this `auth` carries it. Pure. */
export function keyLine({ credentials }: TargetProfile, auth: AuthKind): HeaderList {
  const value = credentials?.value;
  if (value?.kind !== "header" || auth === "none") return [];
  return [[value.name, auth === "valid" ? value.value : INVALID_VALUE]];
}

/** Lines of the profile, and an ID of gcidem's own where the profile wants one sent. */
function headersOf(profile: TargetProfile): TargetManners["headers"] {
  const { headers, names } = profile;
  const open = headers.filter(([name]) => !isSecretHeader(name));
  const sent = names.sentCorrelationId;
  return (auth) => {
    const lines = [...(auth === "valid" ? headers : open), ...keyLine(profile, auth)];
    return sent === null ? lines : [...lines, [sent, randomUUID()]];
  };
}

function openTokens(
  profile: TargetProfile,
  { access, clock }: { readonly access: Access; readonly clock: Clock },
): { readonly tokens: TokenSource; readonly close: () => Promise<void> } | null {
  const credentials = profile.credentials?.value;
  if (credentials?.kind !== "client-credentials") return null;
  const target: TargetChoice = { kind: "profile", baseUrl: profile.baseUrl.value, profile };
  const transport = openTransport({ ...access, target }, clock);
  const file =
    access.tokenCache === true
      ? tokenFile(cacheFolder(access.env, homedir()), credentials, profile.baseUrl.value)
      : null;
  const { timeoutMs = null } = access;
  const login = {
    ...{ credentials, kind: profile.kind, transport, clock, userAgent: `gcidem/${VERSION}` },
    ...(timeoutMs === null ? {} : { timeoutMs }),
  };
  return { tokens: createTokenSource(login, file), close: transport.close };
}

/** What is said once, before the first request of a session. */
function limitNotice(profile: TargetProfile, { maxRate }: Access): string | null {
  if (profile.kind !== "genesys" || (maxRate ?? profile.maxRatePerMinute) !== null) return null;
  const limit = `at most ${PLATFORM_REQUESTS_PER_MINUTE} requests a minute are sent, the platform's documented limit for a token`;
  return `${profile.name}: ${limit}; a production app with the same token or client shares it: give it room with --max-rate`;
}

interface Shared {
  readonly profile: TargetProfile;
  readonly clock: Clock;
  readonly tokens: TokenSource | null;
  readonly gate: RateGate;
  readonly authorize: Authorize;
  /** Says the notice of the session, once. */
  readonly notify: (watch: LoginWatch) => void;
}

function mannersOf({ profile, tokens, gate, authorize, notify }: Shared, watch: LoginWatch): TargetManners {
  return {
    begin: async () => {
      notify(watch);
      await authorize(watch);
    },
    headers: headersOf(profile),
    reserve: (count, signal) => gate.reserve(count, { signal, onWait: watch.onWarning }),
    heed: gate.heed,
    renew: async (sentMs) => tokens !== null && (await tokens.renew(sentMs, watch)),
  };
}

function targetOf(shared: Shared, watch: LoginWatch): Target {
  const { profile, clock, authorize } = shared;
  const kind = profile.credentials?.value.kind;
  const invalid = kind === "basic" ? INVALID_BASIC : kind === "header" ? null : INVALID_TOKEN;
  return {
    kind: profile.kind,
    baseUrl: profile.baseUrl.value,
    policy: null,
    clock,
    virtualTime: false,
    names: profile.names,
    manners: mannersOf(shared, watch),
    authorization: (_principal, auth) => {
      if (auth === "invalid") return invalid;
      return auth === "valid" ? authorize(watch) : null;
    },
    close: async () => {},
  };
}

/** Opens the access to a target of which nothing but its address is known, where only a limit has to be kept. */
export function openPlainAccess(target: Target, perMinute: number): TargetAccess {
  const gate = createRateGate(target.clock, perMinute);
  const open: TargetAccess["open"] = ({ observer }) => {
    const manners: TargetManners = {
      begin: async () => {},
      headers: () => [],
      reserve: (count, signal) => gate.reserve(count, { signal, onWait: observer.onWarning }),
      heed: gate.heed,
      renew: async () => false,
    };
    return { ...target, manners };
  };
  return { open, close: target.close };
}

/** Opens the access to a profile's target. Nothing is sent before the first run begins. */
export function openTargetAccess(profile: TargetProfile, access: Access): TargetAccess {
  const clock = realClock();
  const login = openTokens(profile, { access, clock });
  const tokens = login?.tokens ?? null;
  let notice = limitNotice(profile, access);
  const notify: Shared["notify"] = (watch) => {
    if (notice !== null) watch.onWarning(notice);
    notice = null;
  };
  const gate = createRateGate(clock, rateLimit(profile, access));
  const shared: Shared = { profile, clock, tokens, gate, authorize: authorizeBy(profile, tokens), notify };
  return { open: (run) => targetOf(shared, watchLogins(run)), close: async () => login?.close() };
}
