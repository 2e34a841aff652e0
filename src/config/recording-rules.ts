import { fieldAt, member, members, textIn } from "../document/field.js";
import { chainField, profileChain } from "./profile-chain.js";
import {
  type CommonRules,
  type ConfigReading,
  commonRules,
  type ReadConfig,
  readConfigs,
  redactionIn,
  subjectRulesIn,
} from "./read-configs.js";

function ofProfiles({ doc }: ReadConfig): Pick<CommonRules, "subjectRules" | "redaction"> {
  const profiles = member(fieldAt(doc), "profiles");
  const chains = members(profiles).map(([, profile]) => profileChain(profile, profiles).chain);
  return {
    subjectRules: chains.flatMap((chain) => {
      const baseUrl = textIn(chainField(chain, "baseUrl"));
      const prefix = baseUrl === null ? "" : new URL(baseUrl).pathname.replace(/\/+$/, "");
      return subjectRulesIn(chainField(chain, "subject"), prefix);
    }),
    redaction: redactionIn(chains.flatMap((chain) => chain.map((each) => member(each, "redaction")))),
  };
}

/**
 * The rules for traffic that somebody recorded. It has no target, so those of all profiles count besides those that stand
 * outside of profiles. @throws GcidemError `usage` or `invalid-file`
 */
export function recordingRules(places: ConfigReading): CommonRules {
  const configs = readConfigs(places);
  const common = commonRules(configs);
  const all = configs.map(ofProfiles);
  return {
    ...common,
    subjectRules: [...common.subjectRules, ...all.flatMap(({ subjectRules }) => subjectRules)],
    redaction: {
      headers: [common.redaction, ...all.map(({ redaction }) => redaction)].flatMap(({ headers }) => headers),
      members: [common.redaction, ...all.map(({ redaction }) => redaction)].flatMap(
        ({ members: each }) => each,
      ),
    },
  };
}

/** The rules for the mock, and for an address that no profile names. @throws GcidemError `usage` or `invalid-file` */
export function targetlessRules(places: ConfigReading): CommonRules {
  return commonRules(readConfigs(places));
}
