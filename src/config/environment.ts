import { GcidemError } from "../core/errors.js";
import { gatewayUrl, proxyUrl } from "./host-parts.js";
import { ENVIRONMENT, type Owned } from "./owned.js";
import type { CredentialParts } from "./read-credentials.js";
import { findRegion, regionHint } from "./regions.js";
import { type OrgPlace, type OrgSource, placeOfGateway, placeOfRegion } from "./source-of-org.js";

type Env = Readonly<Record<string, string | undefined>>;

const PREFIX = "GENESYSCLOUD_";

/** A variable that is set to nothing counts as one that is not set. */
function variable(env: Env, name: string): string {
  return env[`${PREFIX}${name}`]?.trim() ?? "";
}

function sourceOf(name: string): string {
  return `environment ${PREFIX}${name}`;
}

function placeIn(env: Env): OrgPlace | null {
  const host = variable(env, "GATEWAY_HOST");
  if (host !== "") {
    const source = sourceOf("GATEWAY_HOST");
    const [name, value] = [variable(env, "GATEWAY_PATH_NAME"), variable(env, "GATEWAY_PATH_VALUE")];
    const url = (path: string): string =>
      gatewayUrl(
        {
          protocol: variable(env, "GATEWAY_PROTOCOL") || "https",
          host,
          port: variable(env, "GATEWAY_PORT"),
          path,
        },
        source,
      );
    const pathOf = (each: string): string => (name.toLowerCase() === each ? value : "");
    return placeOfGateway({ api: url(pathOf("api")), login: url(pathOf("login")) }, source, ENVIRONMENT);
  }
  const text = variable(env, "REGION");
  if (text === "") return null;
  const region = findRegion(text);
  if (region !== null) return placeOfRegion(region, sourceOf("REGION"), ENVIRONMENT);
  throw new GcidemError(
    "usage",
    `${sourceOf("REGION")}: found the unknown region "${text}"; nothing was sent`,
    {
      hint: regionHint(text),
    },
  );
}

function owned(value: CredentialParts, name: string): Owned<CredentialParts> {
  return { value, source: sourceOf(name), owner: ENVIRONMENT };
}

function credentialsIn(env: Env): Owned<CredentialParts> | null {
  const token = variable(env, "ACCESS_TOKEN");
  if (token !== "") return owned({ kind: "bearer", token }, "ACCESS_TOKEN");
  const [clientId, clientSecret] = [variable(env, "OAUTHCLIENT_ID"), variable(env, "OAUTHCLIENT_SECRET")];
  if (clientId === "" && clientSecret === "") return null;
  if (clientId === "" || clientSecret === "") {
    const [set, unset] =
      clientId === "" ? ["OAUTHCLIENT_SECRET", "OAUTHCLIENT_ID"] : ["OAUTHCLIENT_ID", "OAUTHCLIENT_SECRET"];
    throw new GcidemError("usage", `${PREFIX}${set} is set and ${PREFIX}${unset} is not; nothing was sent`, {
      hint: "set both, or none: half a login is not completed from another source",
    });
  }
  const parts: CredentialParts = {
    kind: "client-credentials",
    tokenUrl: null,
    clientId,
    clientSecret,
    scope: null,
  };
  return owned(parts, "OAUTHCLIENT_ID");
}

function proxyIn(env: Env): Owned<string> | null {
  const host = variable(env, "PROXY_HOST");
  if (host === "") return null;
  const source = sourceOf("PROXY_HOST");
  const parts = {
    protocol: variable(env, "PROXY_PROTOCOL") || "http",
    host,
    port: variable(env, "PROXY_PORT"),
    path: "",
  };
  const login = {
    username: variable(env, "PROXY_AUTH_USERNAME"),
    password: variable(env, "PROXY_AUTH_PASSWORD"),
  };
  return { value: proxyUrl(parts, login, source), source, owner: ENVIRONMENT };
}

function known<Value>(
  found: Owned<Value> | null,
): { readonly source: string; readonly read: () => Promise<Owned<Value>> } | null {
  return found === null ? null : { source: found.source, read: () => Promise.resolve(found) };
}

/**
 * What the variables say that gc and the Terraform provider share. Pure.
 * @throws GcidemError `usage` for an unknown region, half a login or an unusable host
 */
export function environmentSource(env: Env): OrgSource {
  return {
    place: placeIn(env),
    credentials: known(credentialsIn(env)),
    proxy: known(proxyIn(env)),
    warnings: [],
  };
}
