import { GcidemError } from "../core/errors.js";
import { type KeepRule, readKeepRule } from "../core/keep-rules.js";
import { isPersonalName } from "../core/personal-names.js";
import { isSecretName } from "../core/secret-sight.js";

function usage(text: string, hint: string): GcidemError {
  return new GcidemError(
    "usage",
    `--keep: found "${text}", expected the name of a member that is hidden as callers' data, or a path such as /participants/*/name`,
    { hint },
  );
}

/** What `--keep` leaves as it is. @throws GcidemError `usage`; for a secret too, since nothing keeps one */
export function readKeep(texts: readonly string[]): readonly KeepRule[] {
  return texts.map((text) => {
    const rule = readKeepRule(text);
    const names = rule.kind === "name" ? [rule.name] : rule.steps;
    if (names.some(isSecretName))
      throw usage(text, "secrets are hidden whatever is asked for; --keep is for callers' data alone");
    if (rule.kind === "name" && !isPersonalName(rule.name))
      throw usage(text, "such as name, email, phoneNumber, ani or address; docs/redaction.md lists them");
    if (rule.kind === "place" && rule.steps.every((step) => step === "" || step === "*"))
      throw usage(text, "a path that names no member would keep everything");
    return rule;
  });
}
