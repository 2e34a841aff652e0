import { printableJson } from "../core/printable.js";
import { VERSION } from "../core/version.js";
import type { AuthCheck } from "./auth-check.js";

/** Name of the form that a check has as JSON. */
const SCHEMA = "gcidem-auth-check/1";

/** A target that could be asked for, and where it is from. */
export interface ListedTarget {
  readonly name: string;
  readonly source: string;
}

function shownCheck({ target, kind, baseUrl, clock, tried, findings, ...rest }: AuthCheck): unknown {
  return {
    ...{ target, kind, baseUrl, ok: findings.every(({ level }) => level !== "problem"), findings, ...rest },
    clock:
      clock === null
        ? null
        : { ...clock, skewMs: Math.round(clock.skewMs), marginMs: Math.round(clock.marginMs) },
    tried: tried.map((each) => ({ ...each, durationMs: Math.round(each.durationMs * 1000) / 1000 })),
  };
}

/** What was found as JSON: the targets that there are (`listed`), and those that were checked. Pure. */
export function checkJson(listed: readonly ListedTarget[], checked: readonly AuthCheck[]): string {
  const all = {
    schema: SCHEMA,
    tool: { name: "gcidem", version: VERSION },
    listed,
    checked: checked.map(shownCheck),
  };
  return `${printableJson(JSON.stringify(all, null, 2))}\n`;
}
