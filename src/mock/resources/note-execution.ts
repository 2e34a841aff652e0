import type { Call } from "../operation.js";
import type { Execution } from "../org.js";

/** How many executions are remembered. */
const REMEMBERED_EXECUTIONS = 100_000;

/** What ran, as {@link Execution} names it, and the id that the server made for this time. */
export type Run = Pick<Execution, "operation" | "id">;

/**
 * Notes that something ran which a client cannot undo, and gives how often that operation ran so far. The route needs
 * the operation's document of `executionCounts`.
 */
export function noteExecution({ org, key }: Call, { operation, id }: Run): number {
  const { executions, executionCounts } = org;
  const count = (executionCounts.get(operation) ?? 0) + 1;
  executionCounts.set(operation, count);
  executions.set(id, { id, operation, key, count });
  if (executions.size > REMEMBERED_EXECUTIONS) {
    const [oldest] = executions.keys();
    if (oldest !== undefined) executions.delete(oldest);
  }
  return count;
}
