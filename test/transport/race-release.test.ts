import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HeaderList } from "../../src/core/http.js";
import {
  from,
  harmless,
  type Protocol,
  raceTo,
  recordingServer,
  together,
  transportTo,
  upTo,
} from "./race-server.js";
import { answered, failed, text } from "./raw-server.js";

const PROTOCOLS: readonly Protocol[] = ["http", "https", "h2"];
const TECHNIQUES = { http: "last-byte", https: "last-byte", h2: "h2" } as const;

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

describe.each(PROTOCOLS)("over %s", (protocol) => {
  test("no request is whole before the release, and each is answered after it", async () => {
    const server = await recordingServer(protocol);
    const line = await raceTo(server, 5);
    expect(line.technique).toBe(TECHNIQUES[protocol]);
    const result = await together(
      line,
      upTo(5).map((writer) => from(server, writer)),
    );
    expect(server.arrivals.map(({ writer }) => writer).sort()).toEqual([0, 1, 2, 3, 4]);
    for (const { wholeMs } of server.arrivals) expect(wholeMs).toBeGreaterThanOrEqual(result.releasedMs);
    expect(result).toMatchObject({ earlyAnswers: 0, unheld: [] });
    expect(result.clientSpreadMs).toBeGreaterThanOrEqual(0);
    for (const outcome of result.outcomes) {
      if (outcome === null) throw new Error("no outcome");
      expect(answered(outcome).status).toBe(200);
      const { startMs, releasedMs, sentMs, firstByteMs, endMs } = outcome.timings;
      const instants = [startMs, result.releasedMs, releasedMs, sentMs, firstByteMs, endMs].map(Number);
      expect(instants).toEqual(instants.toSorted((a, b) => a - b));
      expect(releasedMs).not.toBeNull();
    }
  });

  test("every method and body can be held, and arrives as it was given", async () => {
    const server = await recordingServer(protocol);
    const line = await raceTo(server, 6);
    const methods = fc.constantFrom("GET", "HEAD", "DELETE", "OPTIONS", "POST", "PUT", "PATCH", "REPORT");
    const sizes = fc.oneof(
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 70_000 }),
      fc.constant(1 << 20),
    );
    const request = fc.record({ method: methods, size: fc.option(sizes) });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 6, maxLength: 6 }), async (wanted) => {
        server.arrivals.length = 0;
        const bodies = wanted.map(({ method, size }) =>
          size === null || method === "HEAD" ? null : Buffer.alloc(size, method),
        );
        const requests = wanted.map(({ method }, writer) =>
          from(server, writer, { method, body: bodies[writer] ?? null }),
        );
        const result = await together(line, requests);
        for (const outcome of result.outcomes) expect(outcome?.kind).toBe("response");
        const arrived = server.arrivals.toSorted((a, b) => a.writer - b.writer);
        expect(arrived.map(({ method }) => method)).toEqual(wanted.map(({ method }) => method));
        expect(arrived.map((each) => each.sha256)).toEqual(
          bodies.map((body) => sha256(body ?? Buffer.alloc(0))),
        );
        for (const { wholeMs } of arrived) expect(wholeMs).toBeGreaterThanOrEqual(result.releasedMs);
        expect(result).toMatchObject({ earlyAnswers: 0, unheld: [] });
      }),
      { numRuns: 12 },
    );
  });

  test("one line carries many waves over the same connections; a writer may sit one out", async () => {
    const server = await recordingServer(protocol);
    const line = await raceTo(server, 3);
    for (const wave of upTo(20)) {
      const requests = upTo(3).map((writer) => (writer === wave % 4 ? null : from(server, writer)));
      const { outcomes, notes } = await together(line, requests);
      expect(outcomes.map((outcome) => outcome?.kind ?? null)).toEqual(
        requests.map((request) => (request === null ? null : "response")),
      );
      // A very busy machine may seem to have a slow network.
      expect(notes.filter((note) => !note.includes(" apart: "))).toEqual([]);
    }
    expect(server.connections()).toBe(protocol === "h2" ? 1 : 3);
  });

  test("answers come as from any other request: decoded, capped, with the server's own header lines", async () => {
    const body = Buffer.alloc(5_000, "ab");
    const server = await recordingServer(protocol, (_request, response) => {
      response.setHeader("X-Twice", ["1", "2"]);
      response.setHeader("Content-Encoding", "gzip");
      response.end(gzipSync(body));
    });
    const line = await transportTo(server, { maxBodyBytes: 3_000 }).openRace({
      url: server.url,
      writers: 1,
      technique: "auto",
      warmUp: null,
    });
    const { outcomes } = await together(line, [from(server, 0)]);
    const outcome = answered(outcomes[0] ?? (null as never));
    expect(outcome.truncated).toBe(true);
    expect(text(outcome)).toBe(body.subarray(0, 3_000).toString());
    expect(outcome.httpVersion).toBe(protocol === "h2" ? "2.0" : "1.1");
    const twice = outcome.headers.filter(([name]) => name.toLowerCase() === "x-twice");
    expect(twice.map(([, value]) => value)).toEqual(["1", "2"]);
    expect(outcome.headers.filter(([name]) => name.startsWith(":"))).toEqual([]);
    await line.close();
  });

  test("writers with offsets leave and arrive that much later", async () => {
    const server = await recordingServer(protocol);
    const line = await raceTo(server, 3);
    const offsetsMs = [40, 0, 20];
    const result = await line.wave(
      upTo(3).map((writer) => from(server, writer)),
      { offsetsMs },
    );
    expect(server.arrivals.map(({ writer }) => writer)).toEqual([1, 2, 0]);
    result.outcomes.forEach((outcome, writer) => {
      const leftMs = outcome?.timings.releasedMs ?? 0;
      expect(leftMs - result.releasedMs).toBeGreaterThanOrEqual((offsetsMs[writer] ?? 0) - 0.5);
    });
    expect(result.clientSpreadMs).toBeGreaterThanOrEqual(39.5);
  });

  test("the observer hears of all requests before any leaves, with the lines that arrive", async () => {
    const lines = new Map<string, readonly string[]>();
    const server = await recordingServer(protocol, (request, response) => {
      const { rawHeaders } = request;
      const found = rawHeaders.flatMap((name, index) =>
        index % 2 === 0 && !name.startsWith(":") ? [`${name}: ${rawHeaders[index + 1]}`] : [],
      );
      lines.set(String(request.headers["x-writer"]), found);
      response.end();
    });
    const line = await raceTo(server, 2);
    const told: HeaderList[] = [];
    const observer = {
      onRequest: ({ headers }: { headers: HeaderList }) => {
        expect(server.arrivals).toEqual([]);
        told.push(headers);
      },
    };
    const requests = upTo(2).map((writer) => ({ ...from(server, writer), observer }));
    await together(line, requests);
    expect(told.map((headers) => headers.map(([name, value]) => `${name}: ${value}`))).toEqual([
      lines.get("0"),
      lines.get("1"),
    ]);
  });

  test("where an observer throws nothing is sent, and the line can still be used", async () => {
    const server = await recordingServer(protocol);
    const line = await raceTo(server, 2);
    const observer = {
      onRequest: (): never => {
        throw new Error("disk full");
      },
    };
    const requests = [from(server, 0), { ...from(server, 1), observer }];
    await expect(together(line, requests)).rejects.toThrow("disk full");
    expect(server.arrivals).toEqual([]);
    const { outcomes } = await together(line, [from(server, 0), from(server, 1)]);
    expect(outcomes.map((outcome) => outcome?.kind)).toEqual(["response", "response"]);
  });

  test("the warm-up round is sent by every writer and its answers are discarded", async () => {
    const server = await recordingServer(protocol);
    const line = await raceTo(server, 4, { warmUp: harmless(server) });
    expect(server.arrivals.filter(({ method }) => method === "GET").length).toBe(line.warmUpRequests);
    expect(line.warmUpRequests).toBeGreaterThanOrEqual(4);
    const { outcomes } = await together(
      line,
      upTo(4).map((writer) => from(server, writer)),
    );
    expect(outcomes).toHaveLength(4);
    expect(server.arrivals.filter(({ method }) => method === "PATCH")).toHaveLength(4);
  });

  test("a request that cannot be sent is refused alone", async () => {
    const server = await recordingServer(protocol);
    const line = await raceTo(server, 3);
    const broken = from(server, 1, { headers: [["X-A", "b\r\nX-C: d"]] });
    const elsewhere = { request: { ...from(server, 2).request, url: "http://other.test/" } };
    const result = await together(line, [from(server, 0), broken, elsewhere]);
    const [first, second, third] = result.outcomes;
    expect(first?.kind).toBe("response");
    expect(failed(second ?? (null as never))).toMatchObject({ phase: "refused", code: "ERR_INVALID_CHAR" });
    expect(failed(third ?? (null as never))).toMatchObject({ phase: "refused", code: "ERR_OTHER_ORIGIN" });
    expect(result.unheld).toEqual([1, 2]);
    expect(result.notes[0]).toContain("2 of 3 requests could not be kept back until the release");
  });
});
