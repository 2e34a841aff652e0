import { GcidemError } from "../core/errors.js";
import { isLoopbackHost } from "../core/loopback.js";
import type { GcProfile } from "./gc-file.js";
import { gatewayUrl, proxyUrl } from "./host-parts.js";
import type { Owned } from "./owned.js";
import type { CredentialParts } from "./read-credentials.js";
import { findRegion, regionHint } from "./regions.js";
import { type OrgPlace, type OrgSource, placeOfGateway, placeOfRegion } from "./source-of-org.js";

function usage(profile: GcProfile, message: string, hint: string): GcidemError {
  return new GcidemError("usage", `${profile.source}: ${message}; nothing was sent`, { hint });
}

function setting({ settings }: GcProfile, name: string): string {
  return settings.get(name) ?? "";
}

/** `{login: x, api: y}` as gc writes it. */
function pathParam(text: string, name: string): string {
  const pattern = new RegExp(`(?:^|[{,\\s])["']?${name}["']?\\s*[:=]\\s*["']?([^,}"']*)`, "i");
  return pattern.exec(text)?.[1]?.trim() ?? "";
}

/** gc talks plain HTTP to an environment on this machine, and does not log in there. */
function localUrl(environment: string): string | null {
  const text = `http://${environment.replace(/^https?:\/\//i, "")}`;
  if (!URL.canParse(text)) return null;
  const { hostname, origin } = new URL(text);
  return environment.includes("localhost") && isLoopbackHost(hostname) ? origin : null;
}

function placeIn(profile: GcProfile): OrgPlace | null {
  const host = setting(profile, "gateway_host");
  if (host !== "") {
    const params = setting(profile, "gateway_pathparams");
    const protocol = setting(profile, "gateway_protocol") || "https";
    const url = (name: string): string =>
      gatewayUrl(
        { protocol, host, port: setting(profile, "gateway_port"), path: pathParam(params, name) },
        profile.source,
      );
    return placeOfGateway({ api: url("api"), login: url("login") }, profile.source, GC);
  }
  const environment = setting(profile, "environment");
  if (environment === "") return null;
  const local = localUrl(environment);
  if (local !== null) return placeOfGateway({ api: local, login: local }, profile.source, GC);
  const region = findRegion(environment);
  if (region !== null) return placeOfRegion(region, profile.source, GC);
  throw usage(profile, `found the unknown environment "${environment}"`, regionHint(environment));
}

/** Owner of everything that gc's file says. */
const GC = "gc";

interface TokenData {
  readonly access_token?: unknown;
  readonly oauth_token_expiry?: unknown;
}

/** The token of a login in a browser, which gc keeps as JSON. */
function keptToken(profile: GcProfile, nowMs: number): string {
  const text = setting(profile, "oauth_token_data");
  if (text === "") return "";
  let data: TokenData;
  try {
    data = (JSON.parse(text) ?? {}) as TokenData;
  } catch {
    return "";
  }
  const token = typeof data.access_token === "string" ? data.access_token : "";
  const endsMs =
    typeof data.oauth_token_expiry === "string" ? Date.parse(data.oauth_token_expiry) : Number.NaN;
  if (token !== "" && endsMs <= nowMs)
    throw usage(profile, `gc's login ended at ${new Date(endsMs).toISOString()}`, "log in again with gc");
  return token;
}

/** gc's numbers for browser logins: implicit and PKCE. */
const BROWSER_GRANTS: ReadonlySet<string> = new Set(["2", "3"]);

function credentialsIn(profile: GcProfile, nowMs: number): CredentialParts {
  const token = setting(profile, "access_token");
  if (token !== "") return { kind: "bearer", token };
  const clientId = setting(profile, "client_credentials");
  const clientSecret = setting(profile, "client_secret");
  const hasClient = clientId !== "" && clientSecret !== "";
  const kept =
    hasClient && !BROWSER_GRANTS.has(setting(profile, "grant_type")) ? "" : keptToken(profile, nowMs);
  if (kept !== "") return { kind: "bearer", token: kept };
  if (hasClient) return { kind: "client-credentials", tokenUrl: null, clientId, clientSecret, scope: null };
  const missing = clientId === "" ? "client_credentials (the client's id)" : "client_secret";
  throw usage(
    profile,
    `there are no whole credentials: ${missing} is missing`,
    "expected client_credentials and client_secret, or access_token",
  );
}

const CREDENTIAL_NAMES = ["access_token", "client_credentials", "client_secret", "oauth_token_data"];

function credentialsOf(profile: GcProfile, nowMs: number): OrgSource["credentials"] {
  if (CREDENTIAL_NAMES.every((name) => setting(profile, name) === "")) return null;
  // gc sends no login to an environment on this machine, and neither does gcidem.
  if (setting(profile, "gateway_host") === "" && localUrl(setting(profile, "environment")) !== null)
    return null;
  const { source } = profile;
  return {
    source,
    read: async (): Promise<Owned<CredentialParts>> => ({
      value: credentialsIn(profile, nowMs),
      source,
      owner: GC,
    }),
  };
}

function proxyOf(profile: GcProfile): OrgSource["proxy"] {
  const host = setting(profile, "proxy_host");
  if (host === "") return null;
  const { source } = profile;
  const parts = {
    protocol: setting(profile, "proxy_protocol") || "http",
    host,
    port: setting(profile, "proxy_port"),
    path: "",
  };
  const login = {
    username: setting(profile, "proxy_username"),
    password: setting(profile, "proxy_password"),
  };
  return { source, read: async () => ({ value: proxyUrl(parts, login, source), source, owner: GC }) };
}

function warningsOf(profile: GcProfile): readonly string[] {
  const unsent = ["gateway_username", "gateway_password"].some((name) => setting(profile, name) !== "");
  const pathOfProxy = !/^[{\s}]*$/.test(setting(profile, "proxy_pathparams"));
  return [
    ...(unsent
      ? [
          `${profile.source}: gateway_username and gateway_password are not sent; the vendor's SDKs do not send them either`,
        ]
      : []),
    ...(pathOfProxy ? [`${profile.source}: proxy_pathparams is not heeded: a proxy has no path`] : []),
  ];
}

/**
 * What a profile of gc says. Pure. `nowMs`: ms since 1970, by which a kept token may have ended.
 * @throws GcidemError `usage` for an unknown environment or an unusable host; `read` for missing or ended credentials
 */
export function gcSource(profile: GcProfile, nowMs: number): OrgSource {
  return {
    place: placeIn(profile),
    credentials: credentialsOf(profile, nowMs),
    proxy: proxyOf(profile),
    warnings: warningsOf(profile),
  };
}
