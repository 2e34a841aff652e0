import type { ErrorCode } from "../core/errors.js";
import type { Finding, FindingCode } from "./auth-check.js";

/** It will not work like this. Pure. */
export function problem(
  code: FindingCode,
  reason: ErrorCode,
  { message, hint }: Pick<Finding, "message" | "hint">,
): Finding {
  return { code, level: "problem", reason, message, hint };
}

/** It may not work like this. Pure. */
export function warning(code: FindingCode, message: string, hint: string | null): Finding {
  return { code, level: "warning", reason: null, message, hint };
}

/** Good to know. Pure. */
export function note(code: FindingCode, message: string, hint: string | null): Finding {
  return { code, level: "note", reason: null, message, hint };
}
