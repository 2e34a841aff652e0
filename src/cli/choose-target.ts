import { homedir } from "node:os";
import { findConfigs, type Places } from "../config/find-config.js";
import { regionOfApiHost } from "../config/regions.js";
import { looksLikeUrl, readTargetUrl, type TargetFlag } from "../config/target-url.js";
import { readTextFile } from "../session/load-files.js";
import { readMockAddress } from "../session/mock-address.js";
import type { ConfigRules, TargetChoice } from "../session/session.js";
import { readHeaders } from "./read-arguments.js";

/** The flags that say where requests go. */
export interface TargetFlags {
  readonly target?: string;
  /** The flag that `target` was given by, for what is said of a bad one. Default: `--target`. */
  readonly targetFlag?: TargetFlag;
  readonly config?: string;
  readonly header: readonly string[];
}

/** Where requests go, and what config files say besides. */
export interface ChosenTarget {
  readonly target: TargetChoice;
  readonly rules: ConfigRules | null;
  readonly allowedEnv: readonly string[];
  /** The profile's own request budget; null: none. */
  readonly maxRequests: number | null;
  readonly warnings: readonly string[];
}

function knownOr(otherwise: string, find: () => string): string {
  try {
    return find();
  } catch {
    return otherwise;
  }
}

/** Where config files are looked for on this machine. */
export function placesOf(config: string | undefined): Places {
  // A folder may be gone, and a user of a container may be nobody: neither keeps the mock from running.
  const [cwd, home] = [knownOr("/", process.cwd), knownOr("", homedir)];
  return { configFile: config ?? null, env: process.env, cwd, home };
}

/** The mock, or an address that no config file knows more of. @throws GcidemError `usage` */
function plainTarget(text: string, flag: TargetFlag | undefined): TargetChoice | null {
  if (text === "mock") return { kind: "mock" };
  if (text.startsWith("mock+")) return { kind: "mock", at: readMockAddress(text, flag) };
  if (!looksLikeUrl(text)) return null;
  const baseUrl = readTargetUrl(text, flag);
  return regionOfApiHost(new URL(baseUrl).hostname) === null ? { kind: "http", baseUrl } : null;
}

const NO_RULES = { rules: null, allowedEnv: [], maxRequests: null, warnings: [] } as const;

/**
 * The rules that config files give for recordings; null where there is no such file, and then no code is loaded for them.
 * @throws GcidemError `usage` or `invalid-file`
 */
export async function rulesForRecordings(config: string | undefined): Promise<ConfigRules | null> {
  const places = placesOf(config);
  if (findConfigs(places).length === 0) return null;
  const { recordingRules } = await import("../config/recording-rules.js");
  const { subjectRules, redaction } = recordingRules({ ...places, readText: readTextFile });
  return { subjectRules, redaction };
}

/**
 * What `--target` means. A run on the mock, or at a plain address, reads config files only for the rules in them, and
 * loads the code for that only where there is such a file.
 * @throws GcidemError `usage`, `refused` or `invalid-file`
 */
export async function chooseTarget(flags: TargetFlags): Promise<ChosenTarget> {
  const places = placesOf(flags.config);
  const text = flags.target ?? "mock";
  const target = plainTarget(text, flags.targetFlag);
  const reading = { ...places, readText: readTextFile };
  if (target !== null) {
    if (findConfigs(places).length === 0) return { ...NO_RULES, target };
    const { targetlessRules } = await import("../config/recording-rules.js");
    const { subjectRules, redaction, allowedEnv, warnings } = targetlessRules(reading);
    return { target, rules: { subjectRules, redaction }, allowedEnv, maxRequests: null, warnings };
  }
  const { resolveTarget } = await import("../config/resolve-target.js");
  const headers = readHeaders(flags.header);
  const named = flags.targetFlag === undefined ? {} : { flag: flags.targetFlag };
  const profile = await resolveTarget(text, { ...reading, ...named, headers, nowMs: Date.now() });
  const { subjectRules, redaction, allowedEnv, maxRequests, warnings } = profile;
  return {
    target: { kind: "profile", baseUrl: profile.baseUrl.value, profile },
    rules: { subjectRules, redaction },
    allowedEnv,
    maxRequests,
    warnings,
  };
}
