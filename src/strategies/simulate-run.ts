import type { AdjustableClock } from "../core/clock.js";
import { type Random, seededRandom } from "../core/random.js";
import { createInProcessMock, type InProcessMock } from "../mock/in-process.js";
import type { TraceEntry } from "../mock/mock.js";
import type { MockRequest } from "../mock/request.js";
import type { Policy } from "../policy/policy.js";
import { change } from "./change.js";
import { create } from "./create.js";
import { attributesAtEnd } from "./final-state.js";
import { worldOf } from "./places.js";
import { simulatedClock } from "./simulated-clock.js";
import { createTurns } from "./turns.js";
import type { ChangeWay, CreateWay } from "./ways.js";
import { openWire, type Sending } from "./wire.js";
import type { Writer } from "./writer.js";

/** One run: so many writers that begin at about the same time, each with one thing to do. */
export interface RunSetting {
  readonly way: ChangeWay | CreateWay;
  /** With the cell's churn and losses laid over it. */
  readonly policy: Policy;
  readonly writers: number;
  readonly deadlineMs: number;
  readonly seed: number;
}

/** What became of one writer. */
export interface WriterResult {
  readonly mark: string;
  /** From its begin to the moment at which it was told of its success; null: not before its deadline. */
  readonly toldMs: number | null;
  readonly sending: Sending;
}

/** What is known after a run: from the clients' side, from the mock's trace, and from its state at the end. */
export interface RunResult {
  readonly writers: readonly WriterResult[];
  readonly trace: readonly TraceEntry[];
  /** Of the participant that the writers changed. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** All writers begin within this time, as workers do that one event starts. */
export const START_SPREAD_MS = 50;

/** After the last deadline, again and again until nothing is under way any more. */
const LEFTOVERS_MS = 5_000;

interface Stage {
  readonly mock: InProcessMock;
  readonly clock: AdjustableClock;
  /** What a writer does. */
  readonly act: (writer: Writer) => Promise<boolean>;
}

/** Each writer has a connection of its own, so that the trace can tell whose write made a token outdated. */
function connectionOf(mark: string, marks: readonly string[]): MockRequest["connection"] {
  return { id: `/${mark}`, rivals: new Set(marks.filter((each) => each !== mark).map((each) => `/${each}`)) };
}

/** The platform's own writes come on a beat: the writers begin anywhere in it. */
function leadInMs({ churn }: Policy, random: Random): number {
  return churn === null ? 0 : churn.everyMs * (1 + random.fraction());
}

async function runWriter(
  mark: string,
  { mock, clock, act }: Stage,
  how: {
    readonly startMs: number;
    readonly deadlineMs: number;
    readonly random: Random;
    readonly connection: MockRequest["connection"];
  },
): Promise<WriterResult> {
  const { random, connection } = how;
  const { send, sending } = openWire({ mock, clock, random, connection });
  await clock.sleep(how.startMs);
  const startedAt = clock.nowMs();
  const deadlineAt = startedAt + how.deadlineMs;
  const told = await act({ mark, random, deadlineAt, nowMs: clock.nowMs, sleep: clock.sleep, send });
  const endedAt = clock.nowMs();
  return { mark, toldMs: told && endedAt <= deadlineAt ? endedAt - startedAt : null, sending };
}

function actOf({ way, policy }: RunSetting): Stage["act"] {
  if (way.work === "create") return (writer) => create(writer, way.manner, policy);
  const run = { policy, turns: createTurns() };
  return (writer) => change(writer, way.manner, run);
}

/** Moves time on until all is over. */
async function runOut<T>(clock: AdjustableClock, all: Promise<T>, durationMs: number): Promise<T> {
  let isOver = false;
  const end = (): void => {
    isOver = true;
  };
  all.then(end, end);
  await clock.advance(durationMs);
  while (!isOver) await clock.advance(LEFTOVERS_MS);
  return all;
}

/** Lets the writers of one run at a mock of their own, in virtual time. Equal settings give equal results. */
export async function simulateRun(setting: RunSetting): Promise<RunResult> {
  const { policy, writers, deadlineMs, seed } = setting;
  const marks = Array.from({ length: writers }, (_, index) => `w${index}`);
  const clock = simulatedClock();
  const mock = createInProcessMock({ policy, seed, world: worldOf(marks), clock });
  const stage: Stage = { mock, clock, act: actOf(setting) };
  const begin = seededRandom(seed, "begin");
  const leadMs = leadInMs(policy, begin);
  const under = marks.map((mark) => {
    const startMs = leadMs + begin.fraction() * START_SPREAD_MS;
    const connection = connectionOf(mark, marks);
    return runWriter(mark, stage, { startMs, deadlineMs, random: seededRandom(seed, mark), connection });
  });
  const results = await runOut(clock, Promise.all(under), leadMs + START_SPREAD_MS + deadlineMs);
  const trace = mock.trace();
  return { writers: results, trace, attributes: await attributesAtEnd(mock, clock) };
}
