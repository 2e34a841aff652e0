import { formatPosition, GcidemError } from "../core/errors.js";
import { didYouMeanHint } from "../document/did-you-mean.js";
import { fieldAt, member, members, placeOf } from "../document/field.js";
import { GC_DEFAULT, type GcProfile } from "./gc-file.js";
import type { ReadConfig } from "./read-configs.js";
import { shownTarget, type TargetFlag } from "./target-url.js";

/** A target that could have been asked for, and where it is from. */
export interface KnownTarget {
  readonly name: string;
  readonly source: string;
}

/** Every target that there is. Pure. */
export function knownTargets(
  configs: readonly ReadConfig[],
  gcProfiles: readonly GcProfile[],
  env: Readonly<Record<string, string | undefined>>,
): readonly KnownTarget[] {
  const ofConfigs = configs.flatMap(({ doc }) =>
    members(member(fieldAt(doc), "profiles")).map(([name, profile]) => ({
      name,
      source: formatPosition(placeOf(profile, "key")),
    })),
  );
  const ofGc = gcProfiles.map(({ name, source }) => ({ name: `gc:${name}`, source }));
  const hasDefault = gcProfiles.some(({ name }) => name.toUpperCase() === GC_DEFAULT);
  const ofEnv =
    env.GENESYSCLOUD_REGION === undefined || env.GENESYSCLOUD_REGION === "" || hasDefault
      ? []
      : [{ name: `gc:${GC_DEFAULT}`, source: "environment GENESYSCLOUD_REGION" }];
  return [{ name: "mock", source: "the embedded mock" }, ...ofConfigs, ...ofGc, ...ofEnv];
}

/** The error that lists all targets. Pure. */
export function unknownTarget(
  text: string,
  known: readonly KnownTarget[],
  flag: TargetFlag = "--target",
): GcidemError {
  const { hint } = didYouMeanHint(
    text,
    known.map(({ name }) => name),
  );
  const width = Math.max(...known.map(({ name }) => name.length));
  const list = known.map(({ name, source }) => `      ${name.padEnd(width)}  ${source}`);
  const lines = [
    hint === undefined ? "there are:" : `${hint} There are:`,
    ...list,
    "      or an http(s) URL",
  ];
  return new GcidemError("usage", `${flag}: there is no "${shownTarget(text)}"; nothing was sent`, {
    hint: lines.join("\n"),
  });
}
