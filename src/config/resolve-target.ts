import type { HeaderList } from "../core/http.js";
import { fieldAt, member } from "../document/field.js";
import type { TargetProfile } from "./config.js";
import { environmentSource } from "./environment.js";
import { findGcProfile, GC_DEFAULT, type GcProfile, readGcProfiles } from "./gc-file.js";
import { gcSource } from "./gc-source.js";
import { FLAG } from "./owned.js";
import { profileChain } from "./profile-chain.js";
import { DEFAULT_NAMES, type FoundProfile } from "./profile-settings.js";
import {
  type CommonRules,
  type ConfigReading,
  commonRules,
  type ReadConfig,
  readConfigs,
} from "./read-configs.js";
import { regionOfApiHost } from "./regions.js";
import { flagAuthorization, type ResolvedOrg, resolveOrg } from "./resolve-org.js";
import { resolveProfile } from "./resolve-profile.js";
import { type OrgSource, placeOfRegion } from "./source-of-org.js";
import { basicSettings } from "./target-settings.js";
import { looksLikeUrl, readTargetUrl, type TargetFlag } from "./target-url.js";
import { knownTargets, unknownTarget } from "./unknown-target.js";

/** All that decides what a target means besides its name. */
export interface TargetContext extends ConfigReading {
  /** The headers of `-H`: an Authorization among them outranks any other credentials. */
  readonly headers: HeaderList;
  /** Ms since 1970, by which a token that gc keeps may have ended. */
  readonly nowMs: number;
  /** The flag that named the target, for what is said of a bad one. Default: `--target`. */
  readonly flag?: TargetFlag;
}

const PLAIN: Omit<TargetProfile, "name" | "kind" | "baseUrl" | "credentials" | "proxy" | "settings"> = {
  headers: [],
  allowedOrigins: [],
  maxRequests: null,
  maxRatePerMinute: null,
  ca: null,
  clientCertificate: null,
  names: DEFAULT_NAMES,
  subjectRules: [],
  redaction: { headers: [], members: [] },
  allowedEnv: [],
  warnings: [],
};

function ofOrg(name: string, org: ResolvedOrg): TargetProfile {
  return { ...PLAIN, ...org, name, kind: "genesys" };
}

/** A URL is an org's where it is the API host of a region: then the environment's credentials may go there. */
async function resolveUrl(
  text: string,
  { env, headers, flag: namedBy }: TargetContext,
): Promise<TargetProfile> {
  const baseUrl = { value: readTargetUrl(text, namedBy), source: "flag --target", owner: FLAG };
  const { protocol, hostname, port } = new URL(baseUrl.value);
  const region = protocol === "https:" && port === "" ? regionOfApiHost(hostname) : null;
  const flag = flagAuthorization(headers);
  if (region === null) {
    const basic = { kind: "http" as const, baseUrl, credentials: null, proxy: null };
    return { ...PLAIN, ...basic, name: text, settings: basicSettings(basic, "flag --target", flag) };
  }
  const place = { ...placeOfRegion(region, "flag --target", FLAG), api: baseUrl };
  const named: OrgSource = { place, credentials: null, proxy: null, warnings: [] };
  const sources = [named, { ...environmentSource(env), place: null }];
  const hasCredentials = sources.some(({ credentials }) => credentials !== null);
  // Nobody asked for a login by giving an address: without credentials in the environment there is none.
  if (!hasCredentials && flag === null) {
    const basic = { kind: "genesys" as const, baseUrl, credentials: null, proxy: null };
    return { ...PLAIN, ...basic, name: text, settings: basicSettings(basic, "flag --target", null) };
  }
  return ofOrg(text, await resolveOrg({ target: text, sources, headers, kindSource: "flag --target" }));
}

const GC_PREFIX = "gc:";

/** The variables alone make gc:DEFAULT, as they do for gc itself. */
async function resolveGc(
  text: string,
  context: TargetContext,
  configs: readonly ReadConfig[],
): Promise<TargetProfile> {
  const profiles = readGcProfiles(context);
  const name = text.slice(GC_PREFIX.length);
  const found = findGcProfile(profiles, name);
  const environment = environmentSource(context.env);
  const isDefault = name === "" || name.toUpperCase() === GC_DEFAULT;
  if (found === null && !(isDefault && environment.place !== null))
    throw unknownTarget(text, knownTargets(configs, profiles, context.env), context.flag);
  const sources = found === null ? [environment] : [environment, gcSource(found, context.nowMs)];
  const org = await resolveOrg({
    target: text,
    sources,
    headers: context.headers,
    kindSource: "flag --target",
  });
  return ofOrg(text, org);
}

function findProfile(
  name: string,
  context: TargetContext,
  configs: readonly ReadConfig[],
): { readonly profile: FoundProfile; readonly warnings: readonly string[] } | null {
  const found = configs.flatMap((config) => {
    const profiles = member(fieldAt(config.doc), "profiles");
    const profile = member(profiles, name);
    return profile === null ? [] : [{ config, chain: profileChain(profile, profiles).chain }];
  });
  const [first, second] = found;
  if (first === undefined) return null;
  const { env, home, readText } = context;
  const warnings =
    second === undefined
      ? []
      : [
          `${name} is a profile of ${first.config.label} and of ${second.config.label}: the one of ${first.config.label} is taken`,
        ];
  return { profile: { ...first, name, env, home, readText }, warnings };
}

async function resolveNamed(
  text: string,
  context: TargetContext,
  configs: readonly ReadConfig[],
): Promise<TargetProfile> {
  let gcProfiles: readonly GcProfile[] | null = null;
  const readGc = (): readonly GcProfile[] => {
    gcProfiles ??= readGcProfiles(context);
    return gcProfiles;
  };
  const found = findProfile(text, context, configs);
  if (found === null) throw unknownTarget(text, knownTargets(configs, readGc(), context.env), context.flag);
  const { headers, nowMs } = context;
  const resolved = await resolveProfile(found.profile, { target: text, headers, nowMs, gcProfiles: readGc });
  return { ...resolved, allowedEnv: [], warnings: [...found.warnings, ...resolved.warnings] };
}

function withCommon(profile: TargetProfile, common: CommonRules): TargetProfile {
  const { subjectRules, redaction, allowedEnv, warnings } = profile;
  return {
    ...profile,
    subjectRules: [...subjectRules, ...common.subjectRules],
    redaction: {
      headers: [...new Set([...redaction.headers, ...common.redaction.headers])],
      members: [...new Set([...redaction.members, ...common.redaction.members])],
    },
    allowedEnv: [...allowedEnv, ...common.allowedEnv],
    warnings: [...warnings, ...common.warnings],
  };
}

/**
 * Finds out what `--target` means: `gc:NAME`, the name of a profile in a config file, or an http(s) URL. `mock` and
 * `mock+http://...` are no profiles and never come here. Reads config files and, where a secret comes from one, secret
 * files and commands; sends nothing.
 * @throws GcidemError `usage` for an unknown name or a missing setting, `refused` for a secret that must not be read or
 * sent there, `invalid-file` for a bad config file
 */
export async function resolveTarget(text: string, context: TargetContext): Promise<TargetProfile> {
  const configs = readConfigs(context);
  const resolve = looksLikeUrl(text) ? resolveUrl : text.startsWith(GC_PREFIX) ? resolveGc : resolveNamed;
  return withCommon(await resolve(text, context, configs), commonRules(configs));
}
