import { printable } from "../core/printable.js";
import type { ReadyScenario } from "../session/run-scenario.js";
import type { SessionOptions } from "../session/session.js";
import { canAsk } from "./ask-leave.js";

/**
 * Where a person will be asked: reads what is there, and says on stderr what the scenarios would do to it. True where
 * reads were sent.
 * @throws GcidemError as a run does
 */
export async function tellBeforeAsking(
  ready: readonly ReadyScenario[],
  options: SessionOptions,
): Promise<boolean> {
  if (!canAsk()) return false;
  const { readFirst } = await import("../session/read-first.js");
  let hasRead = false;
  for (const each of ready) {
    const { lines, folder } = await readFirst(each, options);
    hasRead ||= folder !== null;
    if (lines.length === 0) continue;
    const saved = folder === null ? "" : `, read first (saved in ${folder})`;
    process.stderr.write(`${printable(`${each.plan.scenario.name}${saved}`)}:\n`);
    for (const line of lines) process.stderr.write(`  ${printable(line)}\n`);
  }
  return hasRead;
}
