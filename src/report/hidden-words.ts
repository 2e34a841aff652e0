import type { RunReport } from "./report.js";
import { counted } from "./terminal/block.js";

/** `3 secrets and 12 values of callers' data`: what was hidden in all runs; null where nothing was. Pure. */
export function hiddenWords({ runs }: Pick<RunReport, "runs">): string | null {
  const secrets = runs.reduce((sum, { redacted }) => sum + redacted.secrets, 0);
  const personal = runs.reduce((sum, { redacted }) => sum + redacted.personal, 0);
  const words = [
    ...(secrets === 0 ? [] : [counted(secrets, "secret")]),
    ...(personal === 0 ? [] : [`${counted(personal, "value")} of callers' data`]),
  ];
  return words.length === 0 ? null : words.join(" and ");
}
