import { measuredClock, type VirtualClock, virtualClock } from "../../src/core/clock.js";
import { createRedactor } from "../../src/core/redact.js";
import type { Target } from "../../src/core/target.js";
import type { Exchange, JournalRecord, RaceReleased, RunStarted } from "../../src/journal/journal.js";
import { viewRecords } from "../../src/journal/read-journal.js";
import type { Mock } from "../../src/mock/mock.js";
import { mockTarget } from "../../src/mock/mock-target.js";
import { startMock } from "../../src/mock/start-mock.js";
import { buildPlan } from "../../src/plan/build-plan.js";
import { executePlan } from "../../src/run/execute-plan.js";
import type { RunOptions, RunOutcome } from "../../src/run/run.js";
import { loadScenario } from "../../src/scenario/load-scenario.js";
import { createTransport } from "../../src/transport/create-transport.js";
import type { RaceLine, RaceOptions } from "../../src/transport/race.js";
import type { Outcome, Transport } from "../../src/transport/transport.js";
import { policyOf } from "../mock/an-org.js";

/** What a run left behind. */
export interface Raced {
  readonly outcome: RunOutcome;
  readonly records: readonly JournalRecord[];
  /** In the order of their ids. */
  readonly exchanges: readonly Exchange[];
  readonly races: readonly RaceReleased[];
  readonly warnings: readonly string[];
  readonly mock: Mock;
  readonly clock: VirtualClock;
  /** What each race line was asked for. */
  readonly opened: readonly RaceOptions[];
  /** What ends each line early. */
  readonly signals: readonly (AbortSignal | undefined)[];
  /** Offsets of each wave. */
  readonly offsets: readonly (readonly number[])[];
}

/** How a scenario is run; everything else is as on the embedded mock. */
export interface Racing {
  readonly policy?: Parameters<typeof policyOf>[0];
  readonly rounds?: number;
  readonly options?: Partial<RunOptions>;
  readonly target?: Partial<Target>;
  /** Changes what comes of a wave's request before anybody sees it. */
  readonly spoil?: (outcome: Outcome, writer: number, wave: number) => Outcome;
  /** Why no race can be formed at all. */
  readonly cannotForm?: Error;
  /** Called when a request was written down as sent. */
  readonly onSent?: (record: JournalRecord & { readonly type: "request-sent" }) => void;
}

const STARTED: RunStarted = {
  type: "run-started",
  schema: "gcidem-journal/1",
  run: "r",
  tool: "gcidem",
  node: "v",
  scenario: { name: "t", file: "t.yaml", sha256: "", text: "" },
  target: { kind: "mock", baseUrl: "http://mock.invalid", policy: null },
  seed: 1,
  startedAt: "2026-11-22T00:00:00.000Z",
};

/** Sends the requests of a wave over connections of their own, at once: none is held back, and offsets are noted alone. */
function lineOf(
  { writers }: RaceOptions,
  open: () => Transport,
  {
    spoil = (outcome) => outcome,
    clock,
    offsets,
  }: {
    readonly spoil: Racing["spoil"];
    readonly clock: Target["clock"];
    readonly offsets: (readonly number[])[];
  },
): RaceLine {
  const transports = Array.from({ length: writers }, open);
  let waves = 0;
  const line = {
    technique: "naive" as const,
    notes: ["a note on the line"],
    warmUpRequests: 0,
    wave: async (...[requests, { offsetsMs }, signal]: Parameters<RaceLine["wave"]>) => {
      const wave = waves++;
      offsets.push(offsetsMs);
      const releasedMs = clock.nowMs();
      const outcomes = await Promise.all(
        requests.map(async (each, writer) => {
          if (each === null) return null;
          const outcome = await transports[writer]?.send(each.request, each.observer, signal);
          if (outcome === undefined) return null;
          const { timings } = outcome;
          return spoil({ ...outcome, timings: { ...timings, releasedMs: timings.startMs } }, writer, wave);
        }),
      );
      return {
        outcomes,
        releasedMs,
        clientSpreadMs: 0.5,
        estimatedArrivalSpreadMs: 7,
        earlyAnswers: 0,
        unheld: [],
        notes: [`a note on wave ${wave}`],
      };
    },
    close: async () => {
      await Promise.all(transports.map((transport) => transport.close()));
    },
  };
  return line;
}

function numberOf({ id }: Exchange): number {
  return Number(id.slice(1));
}

/** Runs a scenario on a mock of its own, and closes it. */
export async function runRacing(text: string, racing: Racing = {}): Promise<Raced> {
  const clock = virtualClock(Date.UTC(2026, 10, 22));
  const mock = await startMock({ policy: policyOf(racing.policy ?? { extends: "rfc9110" }), clock });
  const { atRealSpeed } = clock;
  const measured = measuredClock(clock);
  const onMock: Target = { ...mockTarget(mock, { virtualTime: true }), clock: measured, atRealSpeed };
  const target = { ...onMock, ...racing.target };
  const open = (): Transport => createTransport({ clock: target.clock, env: {} });
  const opened: RaceOptions[] = [];
  const offsets: (readonly number[])[] = [];
  const signals: (AbortSignal | undefined)[] = [];
  const openRace: Transport["openRace"] = async (race, signal) => {
    opened.push(race);
    signals.push(signal);
    if (racing.cannotForm !== undefined) throw racing.cannotForm;
    return lineOf(race, open, { spoil: racing.spoil, clock: target.clock, offsets });
  };
  const transport: Transport = { ...open(), openRace };
  const records: JournalRecord[] = [];
  const warnings: string[] = [];
  try {
    const outcome = await executePlan(
      {
        plan: buildPlan(loadScenario(text, "t.yaml")),
        target,
        transport,
        openTransport: open,
        technique: "auto",
        journal: {
          folder: "",
          file: "",
          append: (record) => {
            records.push(record);
            if (record.type === "request-sent") racing.onSent?.(record);
          },
          close: () => {},
        },
        redactor: createRedactor(),
        seed: 1,
        given: new Map(),
        env: () => "",
        readFile: () => Buffer.alloc(0),
        userAgent: "gcidem/test",
        headers: [],
        timeoutMs: 5_000,
        maxWaitMs: 60_000,
        leave: { readOnly: false, onlyPrefixes: [], maxRequests: null },
        interrupt: new AbortController().signal,
        observer: { onStep: () => {}, onWarning: (message) => warnings.push(message) },
        ...racing.options,
      },
      (round) => round < (racing.rounds ?? 1),
    );
    const view = viewRecords(STARTED, records);
    const races = records.filter((record) => record.type === "race");
    return {
      outcome,
      records,
      exchanges: [...view.exchanges()].sort((a, b) => numberOf(a) - numberOf(b)),
      races,
      warnings,
      mock,
      clock,
      opened,
      signals,
      offsets,
    };
  } finally {
    await transport.close();
    await mock.close();
  }
}

/** A scenario with one race of some fields, in flow style; `thing 1` exists before it. */
export function racingThing(inside: string, after = ""): string {
  return `world: { things: [{ id: "1", tier: none }] }
steps:
  - id: w
    race: { ${inside} }
${after}`;
}

/** `step writer status`, in the order of their ids; `-` outside of races. */
export function sentIn({ exchanges }: Raced): readonly string[] {
  return exchanges.map(
    ({ step, writer, response, error }) => `${step} ${writer ?? "-"} ${response?.status ?? error?.code}`,
  );
}

/** `step: reason` of all steps that were left out. */
export function skippedIn({ records }: Raced): readonly string[] {
  return records.flatMap((each) => (each.type === "step-skipped" ? [`${each.step}: ${each.reason}`] : []));
}
