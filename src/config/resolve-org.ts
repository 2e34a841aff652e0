import type { Credentials } from "../core/credentials.js";
import { GcidemError } from "../core/errors.js";
import { type HeaderList, headerValue } from "../core/http.js";
import type { ShownSetting, TargetProfile } from "./config.js";
import { checkSameOwner, FLAG, type Owned } from "./owned.js";
import type { CredentialParts } from "./read-credentials.js";
import type { OrgPlace, OrgSource } from "./source-of-org.js";
import { basicSettings } from "./target-settings.js";

/** What is known of an org once it is clear who says what. */
export interface ResolvedOrg {
  readonly baseUrl: Owned<string>;
  /** Null where `-H` gives them. */
  readonly credentials: Owned<Credentials> | null;
  readonly proxy: Owned<string> | null;
  readonly warnings: readonly string[];
  readonly settings: readonly ShownSetting[];
}

/** Who is asked for an org, the one that outranks the others first. */
export interface OrgQuestion {
  /** As the user asked for it. */
  readonly target: string;
  readonly sources: readonly OrgSource[];
  /** The headers of `-H`. */
  readonly headers: HeaderList;
  /** Where kind genesys comes from. */
  readonly kindSource: string;
}

function outranked(
  what: string,
  [first, ...others]: readonly { readonly source: string }[],
): readonly string[] {
  return others.slice(0, 1).map((other) => `${what}: ${first?.source ?? ""} outranks ${other.source}`);
}

function placeOf({ target, sources }: OrgQuestion): readonly [place: OrgPlace, warnings: readonly string[]] {
  const places = sources.flatMap(({ place }) => place ?? []);
  const [place] = places;
  if (place === undefined)
    throw new GcidemError("usage", `--target ${target}: nobody says which region; nothing was sent`, {
      hint: "set GENESYSCLOUD_REGION, or `region` of the profile, or `environment` in ~/.gc/config.toml",
    });
  const differing = places.filter((each, index) => index === 0 || each.api.value !== place.api.value);
  return [place, outranked("region", differing)];
}

function withLogin(parts: CredentialParts, place: OrgPlace): Credentials {
  if (parts.kind !== "client-credentials") return parts;
  return { ...parts, tokenUrl: parts.tokenUrl?.value ?? place.tokenUrl.value };
}

function checkHosts(credentials: Owned<CredentialParts>, place: OrgPlace): void {
  const isLogin = credentials.value.kind === "client-credentials";
  checkSameOwner("the credentials", credentials, isLogin ? [place.tokenUrl, place.api] : [place.api]);
}

/** An Authorization of `-H`, which outranks every other. Pure. */
export function flagAuthorization(headers: HeaderList): Owned<true> | null {
  return headerValue(headers, "authorization") === null
    ? null
    : { value: true, source: "flag -H Authorization", owner: FLAG };
}

async function credentialsOf(
  { target, sources, headers }: OrgQuestion,
  place: OrgPlace,
): Promise<readonly [credentials: Owned<Credentials> | null, warnings: readonly string[]]> {
  const offers = sources.flatMap(({ credentials }) => credentials ?? []);
  const [first] = offers;
  if (flagAuthorization(headers) !== null) return [null, []];
  if (first === undefined) {
    const isLocal = new URL(place.api.value).protocol === "http:";
    if (isLocal) return [null, []];
    throw new GcidemError("usage", `--target ${target}: nobody gives credentials; nothing was sent`, {
      hint: "set GENESYSCLOUD_OAUTHCLIENT_ID and GENESYSCLOUD_OAUTHCLIENT_SECRET, or `credentials` of the profile, or give -H 'Authorization: Bearer ...'",
    });
  }
  const found = await first.read();
  checkHosts(found, place);
  return [{ ...found, value: withLogin(found.value, place) }, outranked("credentials", offers)];
}

/**
 * Puts together what sources say of an org. Credentials are taken whole from one source, and only that source's secrets
 * are read.
 * @throws GcidemError `usage` where a setting is missing, `refused` where credentials would go to a host that is not theirs
 */
export async function resolveOrg(question: OrgQuestion): Promise<ResolvedOrg> {
  const [place, regionWarnings] = placeOf(question);
  const [credentials, credentialWarnings] = await credentialsOf(question, place);
  const proxies = question.sources.flatMap(({ proxy }) => proxy ?? []);
  const proxy = (await proxies[0]?.read()) ?? null;
  const shared: Pick<TargetProfile, "baseUrl" | "credentials" | "proxy" | "kind"> = {
    baseUrl: place.api,
    credentials: credentials ?? null,
    proxy,
    kind: "genesys",
  };
  const [kind, ...rest] = basicSettings(shared, question.kindSource, flagAuthorization(question.headers));
  const region = { name: "region", shown: place.shown, source: place.source };
  return {
    baseUrl: place.api,
    credentials,
    proxy,
    warnings: [
      ...regionWarnings,
      ...credentialWarnings,
      ...outranked("proxy", proxies),
      ...question.sources.flatMap(({ warnings }) => warnings),
    ],
    settings: kind === undefined ? [region] : [kind, region, ...rest],
  };
}
