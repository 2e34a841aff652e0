import type { TargetProfile } from "../config/config.js";
import type { Credentials, Sourced } from "../core/credentials.js";
import { type HeaderList, headerValue } from "../core/http.js";
import { isSecretHeader } from "../core/redact.js";
import type { AuthKind } from "../core/target.js";

type Line = readonly [name: string, shown: string];

function credentialLine({ value, source }: Sourced<Credentials>): Line {
  switch (value.kind) {
    case "bearer":
      return ["authorization", `Bearer <from ${source}>`];
    case "basic":
      return ["authorization", `Basic <from ${source}>`];
    case "header":
      return [value.name, `<from ${source}>`];
    case "client-credentials":
      return ["authorization", `Bearer <given by ${value.tokenUrl}>`];
  }
}

/** What another kind of login sends in place of the credential. */
function withAuth(line: Line, auth: AuthKind): readonly Line[] {
  if (auth === "none") return [];
  return auth === "valid" ? [line] : [[line[0], `<${auth}>`]];
}

/**
 * What a profile adds to a request that goes to its own origin, for a person who reads a plan: secrets by where they come
 * from. `headers`: the request's own and those of `-H`, which outrank it. Pure.
 */
export function profileLines(
  profile: TargetProfile,
  headers: HeaderList,
  { url, auth }: { readonly url: string; readonly auth: AuthKind },
): readonly string[] {
  if (new URL(url).origin !== new URL(profile.baseUrl.value).origin) return [];
  const { sentCorrelationId: sent } = profile.names;
  const lines: readonly Line[] = [
    ...profile.headers.map(([name, value]): Line => [name, isSecretHeader(name) ? "<secret>" : value]),
    ...(profile.credentials === null ? [] : withAuth(credentialLine(profile.credentials), auth)),
    ...(sent === null ? [] : [[sent, "<an ID for each request>"] as const]),
  ];
  return lines
    .filter(([name]) => headerValue(headers, name) === null)
    .map(([name, shown]) => `${name}: ${shown}`);
}
