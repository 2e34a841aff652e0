import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Diagnosis } from "../../../src/diagnose/diagnose.js";
import { diagnoseExchanges } from "../../../src/diagnose/diagnose-exchanges.js";
import { type Exchange, replay, startMock, type TraceEntry } from "../../../src/index.js";
import { ALL, hasRace, type Shipped } from "../../scenarios/shipped.js";

/** What each exchange was, by the mock's own trace. */
type Truths = ReadonlyMap<string, TraceEntry>;

/** A stored answer may carry the first one's correlation ID: then the trace has several entries with it, in order. */
function truthsOf(exchanges: readonly Exchange[], trace: readonly TraceEntry[]): Truths {
  const left = [...trace];
  const take = (fits: (entry: TraceEntry) => boolean): TraceEntry | undefined => {
    const at = left.findIndex(fits);
    return at === -1 ? undefined : left.splice(at, 1)[0];
  };
  const answered = exchanges.filter(({ correlationId }) => correlationId !== null);
  const lost = exchanges.filter(({ correlationId }) => correlationId === null);
  const found: [string, TraceEntry][] = [];
  for (const { id, correlationId } of answered) {
    const entry = take((each) => each.correlationId === correlationId);
    if (entry !== undefined) found.push([id, entry]);
  }
  for (const { id, request } of lost) {
    const { pathname } = new URL(request.url);
    const entry = take(({ method, path }) => method === request.method && path === pathname);
    if (entry !== undefined) found.push([id, entry]);
  }
  return new Map(found);
}

async function run({
  file,
}: Shipped): Promise<{ readonly found: readonly Diagnosis[]; readonly truths: Truths }> {
  const out = mkdtempSync(join(tmpdir(), "gcidem-anomalies-"));
  const mock = await startMock();
  try {
    const [section] = (await replay(file, { target: `mock+${mock.url}`, out, seed: 5 })).runs;
    const exchanges = [...(section?.exchanges ?? [])];
    const found = diagnoseExchanges(exchanges).filter(({ kind }) => kind === "anomaly");
    return { found, truths: truthsOf(exchanges, mock.trace()) };
  } finally {
    await mock.close();
    rmSync(out, { recursive: true, force: true });
  }
}

const EXECUTED = ["executed-twice", "executed-other-body", "response-lost", "duplicate-delivery"];
const NOT_EXECUTED = [
  "stored-answer-returned",
  "replay-of-other-body",
  "replay-differs",
  "answered-by-intermediary",
];

/** What the trace says against a diagnosis that calls itself certain; null where it agrees. */
function objection({ cause, exchange }: Diagnosis, truths: Truths): string | null {
  const truth = truths.get(exchange);
  if (truth === undefined) return `${exchange} is not in the trace`;
  const wrong =
    (EXECUTED.includes(cause) && !truth.executed) || (NOT_EXECUTED.includes(cause) && truth.executed);
  return wrong ? `${exchange} ${cause}: executed is ${truth.executed}` : null;
}

describe.each(ALL.filter((each) => !hasRace(each)))("$name", (shipped) => {
  test("has no anomaly where the mock knows of none, and none that is certain and wrong", async () => {
    const { found, truths } = await run(shipped);
    const invented = found.filter(({ exchange }) => truths.get(exchange)?.cause === null);
    expect(invented.map(({ exchange, cause }) => `${exchange} ${cause}`)).toEqual([]);
    const certain = found.filter(({ certainty }) => certainty === "certain");
    expect(certain.flatMap((each) => objection(each, truths) ?? [])).toEqual([]);
  });
});
