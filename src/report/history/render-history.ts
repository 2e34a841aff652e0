import { printableJson } from "../../core/printable.js";
import { observe } from "../../history/observe.js";
import type { Exchange } from "../../journal/journal.js";
import { endingOf, eventOf, type HistoryEvent, type Interval, intervalOf } from "./history-event.js";

type Unnumbered = Omit<HistoryEvent, "index">;

/** Who sends, over all rounds: a writer, or whoever runs the steps outside of races. */
interface Sender {
  readonly process: number;
  /** From when on its process may begin something again; Infinity after an unknown outcome. */
  readonly freeFromNs: number;
}

/** Process numbers of a run. */
interface Processes {
  readonly senders: Map<number | null, Sender>;
  next: number;
}

/** The sender's process, or a new one where that still has something open: after an unknown outcome that is for ever. */
function processFor({ exchange, operation, callNs, returnNs }: Interval, processes: Processes): number {
  const known = processes.senders.get(exchange.writer);
  const process = known !== undefined && known.freeFromNs <= callNs ? known.process : processes.next++;
  const open = operation.ok === null || returnNs === null;
  processes.senders.set(exchange.writer, {
    process,
    freeFromNs: open ? Number.POSITIVE_INFINITY : Math.max(returnNs, callNs),
  });
  return process;
}

/** The events of each process, each list in order. */
function queuesOf(intervals: readonly Interval[], processes: Processes): readonly Unnumbered[][] {
  const lastNs = intervals.reduce((last, { callNs, returnNs }) => Math.max(last, callNs, returnNs ?? 0), 0);
  const queues = new Map<number, Unnumbered[]>();
  for (const interval of intervals) {
    const process = processFor(interval, processes);
    const queue = queues.get(process) ?? [];
    queues.set(process, queue);
    queue.push(
      eventOf(interval, { process, type: "invoke", time: interval.callNs }),
      eventOf(interval, { process, type: endingOf(interval.operation), time: interval.returnNs ?? lastNs }),
    );
  }
  return [...queues.values()];
}

/** At one instant what begins comes first: nothing there tells that one was over before the other began. */
function isBefore(one: Unnumbered, other: Unnumbered): boolean {
  if (one.time !== other.time) return one.time < other.time;
  return one.type === "invoke" && other.type !== "invoke";
}

/** Lists in order as one list in order, that keeps each list's own. */
function* merge(queues: readonly Unnumbered[][]): Generator<Unnumbered> {
  const places = queues.map(() => 0);
  for (;;) {
    let next: Unnumbered | undefined;
    let from = 0;
    queues.forEach((queue, index) => {
      const head = queue[places[index] ?? 0];
      if (head === undefined || (next !== undefined && !isBefore(head, next))) return;
      next = head;
      from = index;
    });
    if (next === undefined) return;
    places[from] = (places[from] ?? 0) + 1;
    yield next;
  }
}

function* roundEvents(exchanges: readonly Exchange[], processes: Processes): Generator<Unnumbered> {
  const byId = new Map(exchanges.map((exchange) => [exchange.id, exchange]));
  const intervals = observe(exchanges).flatMap((operation) => {
    const exchange = byId.get(operation.id);
    return exchange === undefined ? [] : [intervalOf(exchange, operation)];
  });
  const inOrder = intervals.toSorted((one, other) => one.callNs - other.callNs);
  yield* merge(queuesOf(inOrder, processes));
}

function* rounds(exchanges: Iterable<Exchange>): Generator<readonly Exchange[]> {
  let round: Exchange[] = [];
  for (const exchange of exchanges) {
    if (round[0] !== undefined && round[0].round !== exchange.round) {
      yield round;
      round = [];
    }
    round.push(exchange);
  }
  yield round;
}

function numbered({ process, type, f, key, value, time, ...rest }: Unnumbered, index: number): HistoryEvent {
  return { process, type, f, key, value, time, index, ...rest };
}

/**
 * A run as the history that consistency checkers read: one JSON object a line, the beginnings and ends of all operations
 * sorted by time. One round is in memory at a time. Requests that never left are left out. Pure.
 */
export function* renderHistory(exchanges: Iterable<Exchange>): Generator<string> {
  const processes: Processes = { senders: new Map(), next: 0 };
  let index = 0;
  for (const round of rounds(exchanges)) {
    for (const event of roundEvents(round, processes)) {
      yield `${printableJson(JSON.stringify(numbered(event, index)))}\n`;
      index += 1;
    }
  }
}
