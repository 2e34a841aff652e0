import { createMessageRecorder } from "../journal/record-once.js";
import type { MaterialRequest } from "../plan/plan.js";
import type { SendingStep } from "../scenario/scenario.js";
import type { Outcome } from "../transport/transport.js";
import type { RunOptions } from "./run.js";

/** What the journal says of a request besides its bytes. */
export interface StepToSend {
  readonly id: string;
  readonly attempt: number;
  readonly writer: number | null;
  readonly round: number;
  readonly options: Pick<SendingStep, "timeoutMs" | "abort" | "as" | "auth">;
  /** Called with the outcome before it is written down, so that secrets in it can be made known. */
  readonly onOutcome?: (outcome: Outcome) => void;
}

/** Writes both ends of each exchange into the journal. */
export interface ExchangeBook {
  readonly began: (id: string, step: StepToSend, request: MaterialRequest) => void;
  /** `url`: where its request was sent; callers' data is hidden in an answer where it would be in its request. */
  readonly ended: (id: string, url: string, outcome: Outcome) => void;
  /** An instant of the target's clock in ms from the run's start. */
  readonly sinceStart: (ms: number) => number;
}

/** A journal has a resolution of 1 µs. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** Opens the book of one run: its times count from now. */
export function createExchangeBook({ journal, redactor, target, continues }: RunOptions): ExchangeBook {
  const originMs = target.clock.nowMs() - (continues?.atMs ?? 0);
  const sinceStart = (ms: number): number => rounded(ms - originMs);
  const sentId = target.names?.sentCorrelationId ?? null;
  const recorder = createMessageRecorder(sentId === null ? [] : [sentId.toLowerCase()]);
  const orNull = (ms: number | null): number | null => (ms === null ? null : sinceStart(ms));
  return {
    sinceStart,
    began: (id, step, request) => {
      journal.append({
        type: "request-sent",
        id,
        step: step.id,
        attempt: step.attempt,
        writer: step.writer,
        round: step.round,
        startedAt: new Date(target.clock.epochMs()).toISOString(),
        startMs: sinceStart(target.clock.nowMs()),
        request: recorder.request(request, redactor),
        ...(request.keyHeader === undefined ? {} : { keyHeader: request.keyHeader }),
      });
    },
    ended: (id, url, outcome) => {
      const { timings } = outcome;
      const common = {
        id,
        sentMs: orNull(timings.sentMs),
        releasedMs: orNull(timings.releasedMs),
        endMs: sinceStart(timings.endMs),
      };
      const own = redactor.about(url);
      if (outcome.kind === "failed") {
        const { code, phase, message } = outcome;
        const error = { code, phase, message: own.text(message) };
        journal.append({ type: "failed", ...common, error });
        return;
      }
      const firstByteMs = sinceStart(timings.firstByteMs ?? timings.endMs);
      const response = recorder.response(outcome, own);
      journal.append({ type: "response", ...common, firstByteMs, response });
    },
  };
}
