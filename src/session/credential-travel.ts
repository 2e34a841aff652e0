import type { TargetProfile } from "../config/config.js";
import type { Credentials } from "../core/credentials.js";
import { GcidemError } from "../core/errors.js";
import type { HeaderList } from "../core/http.js";
import { isLoopbackHost } from "../core/loopback.js";
import { isSecretHeader } from "../core/redact.js";
import type { SessionOptions } from "./session.js";

function hasSecret(headers: HeaderList): boolean {
  return headers.some(([name]) => isSecretHeader(name));
}

/** What requests to a target carry that nobody else may have, in words; null: nothing. */
function carried(profile: TargetProfile | null, given: HeaderList): string | null {
  if (hasSecret(given)) return "the credentials of -H";
  if (profile === null) return null;
  const { credentials, clientCertificate, headers } = profile;
  return credentials !== null || clientCertificate !== null || hasSecret(headers)
    ? `the credentials of ${profile.name}`
    : null;
}

function checkTls(what: string, url: string): void {
  const { protocol, hostname, host } = new URL(url);
  if (protocol === "https:" || isLoopbackHost(hostname)) return;
  const hint = hostname.includes(".")
    ? "use https"
    : "use https; a name such as that of a compose network is looked up, and may lead to any machine";
  const message = `${what} would go to ${host} over plain HTTP, which is not loopback: anybody on the way could read it; nothing was sent`;
  throw new GcidemError("usage", message, { hint });
}

/** What no header can carry, or would carry as something else (RFC 6750, 2.1; RFC 7617, 2); null: nothing. */
function unsendable(credentials: Credentials): string | null {
  switch (credentials.kind) {
    case "bearer":
      return /^[\x21-\x7e]+$/.test(credentials.token)
        ? null
        : "the access token holds a space, a line break or the like";
    case "header":
      return /[\r\n\0]/.test(credentials.value)
        ? `the value of ${credentials.name} holds a line break`
        : null;
    case "basic":
      return credentials.username.includes(":")
        ? "the user name holds a colon, which Basic cannot carry"
        : null;
    case "client-credentials":
      return credentials.clientId === "" || credentials.clientSecret === ""
        ? "the client id or its secret is empty"
        : null;
  }
}

function checkSendable({ credentials }: TargetProfile): void {
  if (credentials === null) return;
  const problem = unsendable(credentials.value);
  if (problem === null) return;
  throw new GcidemError("usage", `${problem} (from ${credentials.source}); nothing was sent`, {
    hint: "look at where it comes from: a copied line break or quotation mark is easily overlooked",
  });
}

/**
 * Checks, before anything is sent, that credentials can be sent at all and travel over TLS whose certificates are verified, or within this
 * machine. `headers`: what `-H` gives.
 * @throws GcidemError `usage`
 */
export function checkCredentialTravel({
  target,
  env,
  headers,
}: Pick<SessionOptions, "target" | "env" | "headers">): void {
  if (target.kind === "mock") return;
  const profile = target.kind === "profile" ? target.profile : null;
  const what = carried(profile, headers);
  if (what === null) return;
  if (profile !== null) checkSendable(profile);
  checkTls(what, target.baseUrl);
  const credentials = profile?.credentials?.value;
  if (credentials?.kind === "client-credentials")
    checkTls("the client id and secret of the login", credentials.tokenUrl);
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== "0") return;
  throw new GcidemError(
    "usage",
    `NODE_TLS_REJECT_UNAUTHORIZED=0 is set, and ${what} are in play; nothing was sent`,
    { hint: "unset it; for an authority of your own, give its PEM file with --cacert or in the profile" },
  );
}

function passwordOf(url: string): readonly string[] {
  if (!URL.canParse(url)) return [];
  const { password } = new URL(url);
  try {
    return password === "" ? [] : [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

function secretsOf(credentials: Credentials): readonly string[] {
  switch (credentials.kind) {
    case "bearer":
      return [credentials.token];
    case "header":
      return [credentials.value];
    case "basic": {
      const { username, password } = credentials;
      return [password, Buffer.from(`${username}:${password}`).toString("base64")];
    }
    case "client-credentials":
      return [credentials.clientSecret];
  }
}

/** Everything in a profile that must be in no journal and no report. Pure. */
export function profileSecrets(profile: TargetProfile): readonly string[] {
  const { credentials, headers, proxy, clientCertificate } = profile;
  return [
    ...(credentials === null ? [] : secretsOf(credentials.value)),
    ...headers.filter(([name]) => isSecretHeader(name)).map(([, text]) => text),
    ...(proxy === null ? [] : passwordOf(proxy.value)),
    ...(clientCertificate === null ? [] : [clientCertificate.key]),
  ];
}
