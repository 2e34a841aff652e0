import type { Credentials } from "../core/credentials.js";
import { GcidemError } from "../core/errors.js";
import type { HeaderList } from "../core/http.js";
import { member, textIn } from "../document/field.js";
import type { TargetProfile } from "./config.js";
import { environmentSource } from "./environment.js";
import type { GcProfile } from "./gc-file.js";
import { findGcProfile } from "./gc-file.js";
import { gcSource } from "./gc-source.js";
import { checkSameOwner, type Owned } from "./owned.js";
import { chainField } from "./profile-chain.js";
import { checkAuthority, type FoundProfile, readProxy, sharedSettings } from "./profile-settings.js";
import { type CredentialParts, readCredentials } from "./read-credentials.js";
import { sourceOf } from "./read-secret.js";
import { findRegion } from "./regions.js";
import { flagAuthorization, resolveOrg } from "./resolve-org.js";
import { type OrgPlace, type OrgSource, placeOfGateway, placeOfRegion } from "./source-of-org.js";
import { basicSettings } from "./target-settings.js";

/** What besides the profile decides. */
interface Around {
  readonly target: string;
  readonly headers: HeaderList;
  readonly gcProfiles: () => readonly GcProfile[];
  readonly nowMs: number;
}

type ResolvedProfile = Omit<TargetProfile, "allowedEnv">;

function placeIn({ chain, config }: FoundProfile): OrgPlace | null {
  const gateway = chainField(chain, "gateway");
  if (gateway !== null) {
    const api = textIn(member(gateway, "api")) ?? "";
    const login = textIn(member(gateway, "login")) ?? api;
    return placeOfGateway({ api, login }, sourceOf(gateway), config.file);
  }
  const field = chainField(chain, "region");
  const region = findRegion(textIn(field) ?? "");
  return field === null || region === null ? null : placeOfRegion(region, sourceOf(field), config.file);
}

function configSource(profile: FoundProfile): OrgSource {
  const credentials = chainField(profile.chain, "credentials");
  const proxy = chainField(profile.chain, "proxy");
  return {
    place: placeIn(profile),
    credentials:
      credentials === null
        ? null
        : { source: sourceOf(credentials), read: () => readCredentials(credentials, profile) },
    proxy:
      proxy === null
        ? null
        : {
            source: sourceOf(proxy),
            read: async () => (await readProxy(profile)) ?? { value: "", source: "", owner: "" },
          },
    warnings: [],
  };
}

function gcSourceOf({ chain }: FoundProfile, around: Around): readonly OrgSource[] {
  const field = chainField(chain, "gc");
  if (field === null) return [];
  const profiles = around.gcProfiles();
  const found = findGcProfile(profiles, textIn(field) ?? "");
  if (found !== null) return [gcSource(found, around.nowMs)];
  throw new GcidemError(
    "usage",
    `${sourceOf(field)}: ~/.gc/config.toml has no profile "${textIn(field)}"; nothing was sent`,
    {
      hint:
        profiles.length === 0
          ? "there is none at all"
          : `there are ${profiles.map(({ name }) => name).join(", ")}`,
    },
  );
}

async function resolveGenesys(profile: FoundProfile, around: Around): Promise<ResolvedProfile> {
  const kind = chainField(profile.chain, "kind");
  const org = await resolveOrg({
    target: around.target,
    sources: [environmentSource(profile.env), configSource(profile), ...gcSourceOf(profile, around)],
    headers: around.headers,
    kindSource: kind === null ? profile.config.label : sourceOf(kind),
  });
  checkAuthority(profile, org.credentials ?? flagAuthorization(around.headers));
  const { baseUrl, credentials, proxy } = org;
  const shared = sharedSettings(profile, baseUrl.value);
  return {
    ...shared,
    ...{ name: around.target, kind: "genesys", baseUrl, credentials, proxy },
    warnings: [...org.warnings, ...shared.warnings],
    settings: [...org.settings, ...shared.settings],
  };
}

function requireLogin(parts: Owned<CredentialParts>): Owned<Credentials> {
  const { value } = parts;
  if (value.kind !== "client-credentials") return { ...parts, value };
  return { ...parts, value: { ...value, tokenUrl: value.tokenUrl?.value ?? "" } };
}

async function httpCredentials(
  profile: FoundProfile,
  baseUrl: Owned<string>,
): Promise<Owned<Credentials> | null> {
  const field = chainField(profile.chain, "credentials");
  if (field === null) return null;
  const found = await readCredentials(field, profile);
  const login = found.value.kind === "client-credentials" ? found.value.tokenUrl : null;
  checkSameOwner("the credentials", found, login === null ? [baseUrl] : [baseUrl, login]);
  checkAuthority(profile, found);
  return requireLogin(found);
}

async function resolveHttp(profile: FoundProfile, around: Around): Promise<ResolvedProfile> {
  const { chain, config } = profile;
  const field = chainField(chain, "baseUrl");
  if (field === null)
    throw new GcidemError(
      "usage",
      `--target ${around.target}: the profile has no baseUrl; nothing was sent`,
      {
        hint: `add baseUrl: https://... to it in ${config.label}`,
      },
    );
  const value = (textIn(field) ?? "").replace(/\/+$/, "");
  const baseUrl = { value, source: sourceOf(field), owner: config.file };
  const flag = flagAuthorization(around.headers);
  checkAuthority(profile, flag);
  const credentials = flag === null ? await httpCredentials(profile, baseUrl) : null;
  const shared = sharedSettings(profile, value);
  const basic = { baseUrl, credentials, proxy: await readProxy(profile), kind: "http" as const };
  const kind = chainField(chain, "kind");
  return {
    ...shared,
    ...basic,
    name: around.target,
    settings: [
      ...basicSettings(basic, kind === null ? config.label : sourceOf(kind), flag),
      ...shared.settings,
    ],
  };
}

/** Reads the settings of a profile of a config file. @throws GcidemError `usage`, `refused` or `invalid-file` */
export function resolveProfile(profile: FoundProfile, around: Around): Promise<ResolvedProfile> {
  const isOrg = textIn(chainField(profile.chain, "kind")) === "genesys";
  return isOrg ? resolveGenesys(profile, around) : resolveHttp(profile, around);
}
