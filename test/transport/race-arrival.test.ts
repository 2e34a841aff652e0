import { connect, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { departOnTime, departures } from "../../src/transport/race/departures.js";
import {
  arrivalSpreadMs,
  compensation,
  largestDifference,
  shortestMs,
} from "../../src/transport/race/round-trips.js";
import { from, harmless, raceTo, recordingServer, together, upTo } from "./race-server.js";
import { listening } from "./raw-server.js";

const STOP = { signal: new AbortController().signal, isOver: () => false };

test("writers leave grouped by instant, earliest first", () => {
  const offsetsMs = [5, 0, 5, 0, 2];
  const found = departures(upTo(5), (writer) => offsetsMs[writer] ?? 0);
  expect(found).toEqual([
    { afterMs: 0, leaving: [1, 3] },
    { afterMs: 2, leaving: [4] },
    { afterMs: 5, leaving: [0, 2] },
  ]);
});

test("nobody leaves before the instant", async () => {
  const left: [writer: number, atMs: number][] = [];
  const startMs = performance.now();
  const depart = (leaving: readonly number[]): void => {
    for (const writer of leaving) left.push([writer, performance.now() - startMs]);
  };
  await departOnTime(
    departures(upTo(4), (writer) => writer * 7),
    depart,
    STOP,
  );
  expect(left.map(([writer]) => writer)).toEqual([0, 1, 2, 3]);
  for (const [writer, atMs] of left) expect(atMs).toBeGreaterThanOrEqual(writer * 7);
});

test("where waiting has become pointless the rest leaves at once", async () => {
  const hour = departures([0, 1], (writer) => writer * 3_600_000);
  const left: number[] = [];
  const depart = (leaving: readonly number[]): void => void left.push(...leaving);
  await departOnTime(hour, depart, { ...STOP, isOver: () => true });
  const interrupt = new AbortController();
  const waiting = departOnTime(hour, depart, { ...STOP, signal: interrupt.signal });
  interrupt.abort();
  await waiting;
  expect(left).toEqual([0, 1, 0, 1]);
});

test("connections that differ and hardly vary leave the slowest first", () => {
  const rounds = [
    [10, 30.2, 20],
    [10.3, 30, 20.4],
    [10.1, 30.4, 20.1],
  ];
  const delaysMs = compensation([0, 1, 2], rounds);
  expect([...(delaysMs ?? [])]).toEqual([
    [0, 10],
    [1, 0],
    [2, 5],
  ]);
});

test.each([
  [
    "vary as much as they differ",
    [
      [10, 30],
      [28, 12],
      [19, 22],
    ],
  ],
  [
    "hardly differ",
    [
      [10, 10.4],
      [10.1, 10.5],
      [10, 10.4],
    ],
  ],
  [
    "were measured too seldom",
    [
      [10, 30],
      [10, 30],
    ],
  ],
  [
    "were not all measured",
    [
      [10, null],
      [10, null],
      [10, null],
    ],
  ],
])("connections that %s leave together", (_what, rounds) => {
  expect(compensation([0, 1], rounds)).toBeNull();
});

test("requests arrive half a round trip after they left, by the round that puts them closest", () => {
  const left = new Map([
    [0, 0],
    [1, 1],
  ]);
  expect(arrivalSpreadMs(left, [[10, 30]])).toBe(11);
  expect(
    arrivalSpreadMs(left, [
      [10, 30],
      [10, 8],
    ]),
  ).toBe(0);
  expect(arrivalSpreadMs(left, [[10, null]])).toBeNull();
  expect(arrivalSpreadMs(left, [])).toBeNull();
  expect(arrivalSpreadMs(new Map([[1, 5]]), [])).toBe(0);
});

test("of each writer the shortest round trip counts, and the largest difference names its two writers", () => {
  const rounds = [
    [5, 9, null],
    [7, 4, null],
  ];
  expect(shortestMs([0, 1, 2], rounds)).toEqual([5, 4]);
  expect(shortestMs([0], [])).toEqual([]);
  expect(largestDifference([5, null, 9, 2])).toEqual({ quickest: 3, slowest: 2, differenceMs: 7 });
  expect(largestDifference([5, null])).toBeNull();
});

/** A relay that keeps what comes over its n-th connection for a while, in both directions. */
async function relay(targetPort: number, delayMs: (nth: number) => number): Promise<number> {
  let connections = 0;
  const pass = (source: Socket, sink: Socket, lateMs: number): void => {
    source.on("data", (chunk) => setTimeout(() => sink.write(chunk), lateMs));
    source.on("error", () => sink.destroy());
    source.on("close", () => sink.destroy());
  };
  const server = createServer({ noDelay: true }, (client) => {
    const lateMs = delayMs(connections++);
    const upstream = connect({ port: targetPort, host: "127.0.0.1", noDelay: true });
    pass(client, upstream, lateMs);
    pass(upstream, client, lateMs);
  });
  return listening(server);
}

test("writers on slower connections are let go earlier, once that is known", { retry: 3 }, async () => {
  const server = await recordingServer("http");
  const port = await relay(Number(new URL(server.url).port), (nth) => (nth === 0 ? 100 : 0));
  const at = { url: `http://127.0.0.1:${port}`, clock: server.clock };
  const line = await raceTo(at, 2, { technique: "last-byte", warmUp: harmless(at) });
  // A round of all, one of the two that differ most, and three that measure everybody.
  expect(line.warmUpRequests).toBe(2 + 2 + 3 * 2);
  expect(line.notes).toEqual([
    expect.stringMatching(
      /^the connections' latencies differ by more than they vary, so requests over slower ones leave up to \d+ ms earlier$/,
    ),
  ]);
  const result = await together(
    line,
    upTo(2).map((writer) => from(at, writer)),
  );
  const leftMs = result.outcomes.map((outcome) => Number(outcome?.timings.releasedMs));
  expect(Math.abs((leftMs[0] ?? 0) - (leftMs[1] ?? 0))).toBeGreaterThan(50);
  expect(result.clientSpreadMs).toBeGreaterThan(50);
  expect(result.estimatedArrivalSpreadMs).toBeLessThan(50);
});

test("where the network keeps requests apart, the wave says how far and what would help", async () => {
  const server = await recordingServer("http");
  const port = await relay(Number(new URL(server.url).port), (nth) => 20 + nth * 60);
  const at = { url: `http://127.0.0.1:${port}`, clock: server.clock };
  const line = await raceTo(at, 3, { technique: "last-byte" });
  const result = await together(
    line,
    upTo(3).map((writer) => from(at, writer)),
  );
  expect(result.estimatedArrivalSpreadMs).toBeGreaterThan(60);
  expect(result.notes).toEqual([
    expect.stringMatching(
      /^the requests may have arrived up to \d+ ms apart: each has a connection of its own, and the latencies of these vary; HTTP\/2, more writers or more rounds would help$/,
    ),
  ]);
});
