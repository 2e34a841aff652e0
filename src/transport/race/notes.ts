import type { Outcome } from "../outcome.js";
import type { WaveRun } from "./run-wave.js";

function ms(durationMs: number): string {
  return `${durationMs < 10 ? durationMs.toFixed(1) : Math.round(durationMs)} ms`;
}

function countOf(count: number, all: number): string {
  return `${count} of ${all} request${all === 1 ? "" : "s"}`;
}

/** Failures by their message, the commonest first. */
function reasons(outcomes: readonly (Outcome | null)[]): string {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) {
    const reason = outcome?.kind === "failed" ? outcome.message : "the server took the request too slowly";
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a).map(([reason]) => reason);
  const more = sorted.length > 2 ? "; and more" : "";
  return `${sorted.slice(0, 2).join("; ")}${more}`;
}

/** What is said of a warm-up round. Pure. */
export function describeWarmUp(outcomes: readonly Outcome[]): readonly string[] {
  const failed = outcomes.filter(({ kind }) => kind === "failed");
  if (failed.length === 0) return [];
  return [
    `the warm-up request failed for ${failed.length} of ${outcomes.length} writers: ${reasons(failed)}`,
  ];
}

/** What is said of connections that are let go one after the other, to make up for their latencies. Pure. */
export function describeDelays(delaysMs: ReadonlyMap<number, number> | null): readonly string[] {
  if (delaysMs === null) return [];
  const most = ms(Math.max(...delaysMs.values()));
  return [
    `the connections' latencies differ by more than they vary, so requests over slower ones leave up to ${most} earlier`,
  ];
}

/** What is said of one wave. `apartMs`: by how much the network kept its requests apart; null: not so. Pure. */
export function describeRun(run: WaveRun, apartMs: number | null): readonly string[] {
  const sent = run.outcomes.filter((outcome) => outcome !== null).length;
  const notes: string[] = [];
  if (run.reopened > 0) {
    const connections = run.reopened === 1 ? "1 connection was" : `${run.reopened} connections were`;
    notes.push(`${connections} closed since the last requests and opened again before these`);
  }
  if (run.early.length > 0) {
    notes.push(
      `${countOf(run.early.length, sent)} had an answer before the last byte was let go: the server does not wait for whole requests, so these did not race`,
    );
  }
  if (run.unheld.length > 0) {
    const why = reasons(run.unheld.map((writer) => run.outcomes[writer] ?? null));
    notes.push(`${countOf(run.unheld.length, sent)} could not be kept back until the release: ${why}`);
  }
  if (apartMs !== null) {
    notes.push(
      `the requests may have arrived up to ${ms(apartMs)} apart: each has a connection of its own, and the latencies of these vary; HTTP/2, more writers or more rounds would help`,
    );
  }
  return notes;
}
