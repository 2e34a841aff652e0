import type { KeepRule } from "../core/keep-rules.js";
import { NOTHING_PERSONAL, type PersonalRules } from "../core/personal.js";
import { callersDataAt, namesCallersPaths } from "../platform/callers-data.js";
import type { TargetChoice } from "./session.js";

/** Callers' data in recordings: by the host and path of each request. Pure. */
export function recordingPersonal(keep: readonly KeepRule[] = []): PersonalRules {
  return { scopeOf: (url) => callersDataAt(url, false), everywhere: false, keep };
}

/**
 * Callers' data in what is sent to a target: an org's own whatever its host is called, elsewhere by the path. On the mock
 * there is none: what it answers is invented, and what a scenario sends it stands in the scenario. Pure.
 */
export function targetPersonal(
  target: TargetChoice,
  { keep = [], text }: { readonly keep?: readonly KeepRule[] | undefined; readonly text: string },
): PersonalRules {
  if (target.kind === "mock") return NOTHING_PERSONAL;
  const isOrg = target.kind === "profile" && target.profile.kind === "genesys";
  const { origin } = new URL(target.baseUrl);
  return {
    scopeOf: (url) => callersDataAt(url, isOrg && url.startsWith(`${origin}/`)),
    everywhere: isOrg || namesCallersPaths(text),
    keep,
  };
}
