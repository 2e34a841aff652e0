import { type CancelTimer, monotonicMs, startTimer } from "./real-time.js";

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly fire: () => void;
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}

/** Timers in the order in which they fall due. A race arms thousands, so none is looked for one by one. */
class TimerList {
  readonly #timers: Timer[] = [];

  get first(): Timer | undefined {
    return this.#timers[0];
  }

  /** The first timer where it is due at an instant. */
  due(atMs: number): Timer | undefined {
    const { first } = this;
    return first !== undefined && first.dueMs <= atMs ? first : undefined;
  }

  /** The place of the first timer that is not before this one. */
  #placeOf(timer: Timer): number {
    let [low, high] = [0, this.#timers.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const each = this.#timers[middle];
      if (each !== undefined && isBefore(each, timer)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  add(timer: Timer): void {
    this.#timers.splice(this.#placeOf(timer), 0, timer);
  }

  remove(timer: Timer): void {
    const place = this.#placeOf(timer);
    if (this.#timers[place] === timer) this.#timers.splice(place, 1);
  }
}

/** Time that stands still, jumps where it is told to, and runs with the world while somebody wants it to. */
export class VirtualTime {
  readonly #timers = new TimerList();
  /** Where it stands; while it runs, where it stood when it began to. */
  #baseMs = 0;
  #jumpedMs = 0;
  #order = 0;
  /** Who wants it to run with the world. */
  #runners = 0;
  #runsSinceMs = 0;
  #cancel: CancelTimer = () => {};

  /** How much of it was jumped over. */
  get jumpedMs(): number {
    return this.#jumpedMs;
  }

  /** True while it runs with the world. */
  get runs(): boolean {
    return this.#runners > 0;
  }

  /** The instant that it is, in ms from its start. */
  nowMs(): number {
    return this.runs ? this.#baseMs + monotonicMs() - this.#runsSinceMs : this.#baseMs;
  }

  /** Calls `fire` once it is so much later. */
  after(durationMs: number, fire: () => void): CancelTimer {
    const timer: Timer = { dueMs: this.nowMs() + Math.max(0, durationMs), order: this.#order++, fire };
    this.#timers.add(timer);
    if (this.runs && this.#timers.first === timer) this.#arm();
    return () => this.#timers.remove(timer);
  }

  /** Jumps ahead; each timer that falls due on the way fires at its own instant and gets a turn of the event loop. */
  async jump(durationMs: number): Promise<void> {
    const targetMs = this.nowMs() + durationMs;
    for (let next = this.#timers.due(targetMs); next !== undefined; next = this.#timers.due(targetMs)) {
      this.#jumpTo(next.dueMs);
      this.#fire(next);
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#jumpTo(targetMs);
    if (this.runs) this.#arm();
  }

  /** Runs with the world until `run` is over. */
  async runWhile<T>(run: () => Promise<T>): Promise<T> {
    if (!this.runs) {
      this.#runsSinceMs = monotonicMs();
      this.#runners = 1;
      this.#arm();
    } else {
      this.#runners += 1;
    }
    try {
      return await run();
    } finally {
      this.#leave();
    }
  }

  #leave(): void {
    const nowMs = this.nowMs();
    this.#runners -= 1;
    if (this.runs) return;
    this.#cancel();
    this.#baseMs = nowMs;
  }

  #jumpTo(instantMs: number): void {
    const nowMs = this.nowMs();
    if (instantMs <= nowMs) return;
    this.#jumpedMs += instantMs - nowMs;
    // Not a sum: whoever asks for the time at a timer's instant must get that very number.
    this.#baseMs = this.runs ? this.#baseMs + (instantMs - nowMs) : instantMs;
  }

  #fire(timer: Timer): void {
    this.#timers.remove(timer);
    timer.fire();
  }

  #arm(): void {
    this.#cancel();
    const next = this.#timers.first;
    if (next === undefined) return;
    this.#cancel = startTimer(Math.max(0, next.dueMs - this.nowMs()), () => this.#fireDue());
  }

  /** Node's timers may be some microseconds early: then the rest is waited for. */
  #fireDue(): void {
    for (let next = this.#timers.due(this.nowMs()); next !== undefined; next = this.#timers.due(this.nowMs()))
      this.#fire(next);
    if (this.runs) this.#arm();
  }
}
