import type { HeaderList } from "../core/http.js";
import { VERSION } from "../core/version.js";
import { authorizeBy, keyLine } from "../session/target-access.js";
import type { AccessToken } from "../transport/oauth/oauth.js";
import type { CheckOptions } from "./auth-check.js";
import { profileOf } from "./profile-of.js";

/** What a request to the target carries: lines of the profile, its credentials, and over them those of `-H`. `token`: of its login; null: there was none. */
export async function requestHeaders(options: CheckOptions, token: AccessToken | null): Promise<HeaderList> {
  const profile = profileOf(options);
  const held =
    token === null ? null : { token: async () => token.value, renew: async (): Promise<boolean> => false };
  const watch = { onLogin: () => undefined, onWarning: () => undefined };
  const authorization = profile === null ? null : await authorizeBy(profile, held)(watch);
  const lines: HeaderList = [
    ["user-agent", `gcidem/${VERSION}`],
    ["accept", "application/json"],
    ...(profile === null ? [] : [...profile.headers, ...keyLine(profile, "valid")]),
    ...(authorization === null ? [] : [["authorization", authorization] as const]),
  ];
  const given = new Set(options.headers.map(([name]) => name.toLowerCase()));
  return [...lines.filter(([name]) => !given.has(name.toLowerCase())), ...options.headers];
}
