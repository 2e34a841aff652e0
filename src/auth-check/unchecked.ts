import type { GcidemError } from "../core/errors.js";
import type { AuthCheck } from "./auth-check.js";
import { problem } from "./findings.js";

/** What is known of a target whose settings cannot even be read: that, and why. Pure. */
export function unchecked(target: string, { code, message, hint }: GcidemError): AuthCheck {
  return {
    ...{ target, kind: "http", baseUrl: "", settings: [], ways: [], tried: [] },
    ...{ token: null, caller: null, clock: null, permissions: [] },
    findings: [problem("setting", code, { message, hint: hint ?? null })],
  };
}
