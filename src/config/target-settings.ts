import type { Credentials, Sourced } from "../core/credentials.js";
import type { ShownSetting, TargetProfile } from "./config.js";

/** What is shown of credentials: which kind, never a part of them. Pure. */
function credentialsShown(credentials: Credentials): string {
  switch (credentials.kind) {
    case "bearer":
      return "a bearer token: set";
    case "basic":
      return "user name and password: set";
    case "header":
      return `the header ${credentials.name}: set`;
    case "client-credentials":
      return "client id and secret: set";
  }
}

/** A URL without credentials and query. Pure. */
function urlShown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname === "/" ? "" : pathname}`;
}

function row(name: string, shown: string, source: string): readonly ShownSetting[] {
  return [{ name, shown, source }];
}

/** What every target shows first, whatever its kind. `flag`: credentials of `-H`. Pure. */
export function basicSettings(
  profile: Pick<TargetProfile, "baseUrl" | "credentials" | "proxy" | "kind">,
  kindSource: string,
  flag: Sourced<true> | null,
): readonly ShownSetting[] {
  const { baseUrl, credentials, proxy, kind } = profile;
  return [
    ...row("kind", kind, kindSource),
    ...row("base URL", baseUrl.value, baseUrl.source),
    ...(credentials === null
      ? row("credentials", flag === null ? "none" : "set", flag?.source ?? "nobody gives any")
      : row("credentials", credentialsShown(credentials.value), credentials.source)),
    ...(credentials?.value.kind === "client-credentials"
      ? row("login", credentials.value.tokenUrl, credentials.source)
      : []),
    ...(proxy === null
      ? row("proxy", "as HTTP_PROXY, HTTPS_PROXY and NO_PROXY say", "environment")
      : row("proxy", urlShown(proxy.value), proxy.source)),
  ];
}
