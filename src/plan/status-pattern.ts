import type { StatusPattern } from "../scenario/scenario.js";

/** True where a status is meant by `409` or `4xx`. Pure. */
export function matchesStatus(status: number, pattern: StatusPattern): boolean {
  return typeof pattern === "number" ? status === pattern : Math.floor(status / 100) === Number(pattern[0]);
}
