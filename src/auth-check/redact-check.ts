import type { Redactor } from "../core/redact.js";
import type { AuthCheck } from "./auth-check.js";

function redacted(value: unknown, redactor: Redactor): unknown {
  if (typeof value === "string") return redactor.text(value);
  if (Array.isArray(value)) return value.map((each) => redacted(each, redactor));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, redacted(each, redactor)]));
}

/** The same outcome with every secret that is known by now taken out of every text: servers may say back what they were sent. Pure. */
export function redactCheck(check: AuthCheck, redactor: Redactor): AuthCheck {
  return redacted(check, redactor) as AuthCheck;
}
