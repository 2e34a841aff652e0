import type { Refusal } from "../core/causes.js";

/** Statuses with one meaning each (RFC 9110, 15.5; RFC 6585, 4), and the causes that have them. */
export const ONE_MEANING: Readonly<Record<number, readonly Refusal[]>> = {
  401: ["token-expired", "token-invalid"],
  403: ["permission-missing"],
  404: ["invalid-request", "no-such-operation"],
  405: ["no-such-operation"],
  413: ["invalid-request"],
  415: ["invalid-request"],
  429: ["rate-limited"],
};

/** True of a status that says by itself which rule refused: nothing that a recording lacks would change that. Pure. */
export function saysAll(status: number | undefined): boolean {
  return ONE_MEANING[status ?? 0] !== undefined;
}
