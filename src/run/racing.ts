import { type MaterialRequest, MissingValue, RefusedRequest } from "../plan/plan.js";
import type { RaceStep, SendingStep } from "../scenario/scenario.js";
import { leftOutReason } from "./check-leave.js";
import type { Running } from "./running.js";
import { makeRequest, stepToSend } from "./send-step.js";

/** One writer of a race, and what it sends. */
export interface Writer {
  readonly running: Running;
  readonly number: number;
  readonly steps: readonly SendingStep[];
}

/** A race under way. */
export interface Racing {
  readonly race: RaceStep;
  /** The round that it runs in. */
  readonly running: Running;
  readonly writers: readonly Writer[];
}

/** A writer's step whose request is made. */
export interface Entry {
  readonly writer: Writer;
  readonly step: SendingStep;
  readonly request: MaterialRequest;
}

/** Why a writer left a step out; equal reasons are written down together. */
export type Skips = Map<
  string,
  { readonly step: string; readonly reason: string; readonly writers: number[] }
>;

/** Notes that a writer leaves a step out. */
export function noteSkip(
  skips: Skips,
  { number }: Writer,
  skip: { readonly step: string; readonly reason: string },
): void {
  const name = `${skip.step} ${skip.reason}`;
  const before = skips.get(name);
  if (before === undefined) skips.set(name, { ...skip, writers: [number] });
  else before.writers.push(number);
}

/** Writers that a reason names before it counts the rest. */
const MOST_NAMED = 5;

function writersText(writers: readonly number[], all: number): string {
  if (writers.length === all) return "all writers";
  const named = writers.slice(0, MOST_NAMED).join(", ");
  const more = writers.length > MOST_NAMED ? ` and ${writers.length - MOST_NAMED} more` : "";
  return `${writers.length === 1 ? "writer" : "writers"} ${named}${more}`;
}

/** Writes down which steps writers left out, and why. */
export function writeSkips({ running, writers: all }: Racing, skips: Skips): void {
  const { options, round } = running;
  for (const { step, reason, writers } of skips.values()) {
    const who = writersText(writers, all.length);
    options.journal.append({ type: "step-skipped", step, round, reason: `${who}: ${reason}` });
  }
}

/**
 * Makes a writer's request; null where the writer leaves the step out.
 * @throws RefusedRequest where it may not be sent; that is written down.
 */
export function makeEntry(writer: Writer, step: SendingStep, skips: Skips): Entry | null {
  const { running } = writer;
  try {
    const request = makeRequest(running, step);
    const reason = leftOutReason(request, running.options);
    if (reason !== null) {
      noteSkip(skips, writer, { step: step.id, reason });
      return null;
    }
    running.sender.checkLeave(request);
    return { writer, step, request };
  } catch (error) {
    if (error instanceof RefusedRequest) running.sender.refuse(error, stepToSend(running, step, 1));
    if (!(error instanceof MissingValue)) throw error;
    noteSkip(skips, writer, { step: step.id, reason: error.message });
    return null;
  }
}

/** Runs what a writer does of a step; a value that is missing leaves the rest of the step out. @throws RefusedRequest */
export async function guard(
  writer: Writer,
  step: SendingStep,
  { skips, run }: { readonly skips: Skips; readonly run: () => Promise<void> },
): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (error instanceof RefusedRequest)
      writer.running.sender.refuse(error, stepToSend(writer.running, step, 1));
    if (!(error instanceof MissingValue)) throw error;
    noteSkip(skips, writer, { step: step.id, reason: error.message });
  }
}

/** Settled, all of them; then the first failure counts. */
export async function allSettled(promises: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(promises)).find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}
