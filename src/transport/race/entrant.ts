import type { Clock } from "../../core/clock.js";
import type { HeaderList } from "../../core/http.js";
import { Flight } from "../flight.js";
import { inspectRequest, type Refusal, unsent } from "../inspect-request.js";
import type { OpenStream } from "../load-got.js";
import type { Outcome } from "../outcome.js";
import type { WaveRequest } from "../race.js";
import type { Track } from "./track.js";

/** What every request of a race needs. */
export interface WaveContext {
  readonly track: Track;
  readonly clock: Clock;
  readonly openStream: OpenStream;
  readonly maxBodyBytes: number;
  /** Aborted when the transport closes. */
  readonly closing: AbortSignal;
}

/** What an observer was told. */
interface Announced {
  readonly headers: HeaderList;
  readonly startMs: number;
}

const INTERRUPTED = {
  code: "ECONNABORTED",
  message: "the run was interrupted before the request was sent",
};

function inspect({ request }: WaveRequest, server: URL): URL | Refusal {
  const found = inspectRequest(request);
  if (!(found instanceof URL) || found.origin === server.origin) return found;
  const message = `it goes to ${found.origin}, and this race is one of requests to ${server.origin}`;
  return { code: "ERR_OTHER_ORIGIN", message };
}

/** One writer's request in a wave: announced, started, held, let go. */
export class Entrant {
  readonly writer: number;
  readonly #context: WaveContext;
  readonly #wave: WaveRequest;
  readonly #url: URL | Refusal;
  #announced: Announced | null = null;
  #flight: Flight | null = null;
  #outcome: Outcome | null = null;
  #held = false;
  #letGo = false;

  constructor(context: WaveContext, writer: number, wave: WaveRequest) {
    this.writer = writer;
    this.#context = context;
    this.#wave = wave;
    this.#url = inspect(wave, context.track.way.server);
  }

  /** True where there is something to send. */
  get sends(): boolean {
    return this.#url instanceof URL;
  }

  get outcome(): Outcome | null {
    return this.#outcome;
  }

  /** True where nothing but the kept-back end is missing and nobody has answered. */
  get held(): boolean {
    return this.#held && this.#outcome === null && !this.answered;
  }

  /** True where an answer has come, or begun to. */
  get answered(): boolean {
    return this.#outcome?.kind === "response" || this.#flight?.answering === true;
  }

  get timeoutMs(): number {
    return this.#wave.request.timeoutMs;
  }

  get bodyBytes(): number {
    return this.#wave.request.body?.length ?? 0;
  }

  /** Tells the observer. @throws whatever it throws. */
  announce(): void {
    const { track, clock } = this.#context;
    const { request, observer } = this.#wave;
    const headers = this.#url instanceof URL ? track.lines(request, this.#url) : request.headers;
    this.#announced = { headers, startMs: clock.nowMs() };
    observer?.onRequest(this.#announced);
  }

  /** Starts to send. Resolves once the request is held, or over. */
  async start(signal: AbortSignal): Promise<void> {
    const { track, clock } = this.#context;
    const { headers, startMs } = this.#announced ?? { headers: [], startMs: clock.nowMs() };
    const url = this.#url;
    if (!(url instanceof URL)) {
      this.#outcome = unsent("refused", url, { startMs, endMs: clock.nowMs() });
    } else if (signal.aborted) {
      this.#outcome = unsent("aborted", INTERRUPTED, { startMs, endMs: clock.nowMs() });
    } else {
      await new Promise<void>((resolve) => {
        const onHeld = (): void => {
          this.#held = true;
          resolve();
        };
        const route = track.route(this.writer, onHeld);
        const { request } = this.#wave;
        const job = { ...this.#context, request, url, headers, route, startMs, signal };
        this.#flight = new Flight({ ...job, keptBack: track.holds });
        void this.#flight.outcome.then((outcome) => {
          this.#outcome = outcome;
          if (track.holds && !this.#letGo) track.forget(this.writer);
          resolve();
        });
      });
    }
  }

  /** It is let go, or was never held: the clocks that limit it start. */
  release(releasedMs: number | null): void {
    this.#letGo = true;
    if (this.#outcome === null) this.#flight?.release(releasedMs);
  }

  /** Its end was handed to the system. */
  handedOver(): void {
    this.#flight?.handedOver();
  }

  /** Resolves when it is over. */
  async over(): Promise<void> {
    await this.#flight?.outcome;
  }
}
