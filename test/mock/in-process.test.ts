import { describe, expect, it } from "vitest";
import { virtualClock } from "../../src/core/clock.js";
import { createInProcessMock } from "../../src/mock/in-process.js";
import type { TraceEntry } from "../../src/mock/mock.js";
import type { MockRequest } from "../../src/mock/request.js";
import { startMock } from "../../src/mock/start-mock.js";
import { presetPolicy } from "../../src/policy/presets.js";

const THING = "/api/v2/mock/things/1";
const CONNECTION = { id: "/1", rivals: new Set<string>() };

/** Method, If-Match and body: a creation, reads, a condition that holds, none, and a token that is not of this thing. */
const REQUESTS = [
  ["PUT", null, '{"tier":"none"}'],
  ["GET", null, ""],
  ["PUT", "*", '{"tier":"gold"}'],
  ["PUT", null, '{"tier":"silver"}'],
  ["PUT", '"7-0000"', '{"tier":"silver"}'],
  ["GET", null, ""],
] as const;

function options() {
  return { policy: presetPolicy("rfc9110"), seed: 7, world: null, clock: virtualClock(0) };
}

function headersOf(ifMatch: string | null, token: string | null): Record<string, string> {
  const condition = ifMatch === null ? {} : { "if-match": ifMatch };
  return { ...condition, authorization: `Bearer ${token}`, "content-type": "application/json" };
}

function toRequest([method, ifMatch, body]: (typeof REQUESTS)[number], token: string | null): MockRequest {
  const headers = headersOf(ifMatch, token);
  const gone = { gone: () => false, onGone: () => {} };
  return {
    method,
    path: THING,
    query: "",
    headers,
    body: Buffer.from(body),
    connection: CONNECTION,
    ...gone,
  };
}

function decisions(trace: readonly TraceEntry[]): readonly unknown[] {
  return trace.map(({ method, status, cause, executed, correlationId }) => {
    return { method, status, cause, executed, correlationId };
  });
}

describe("a mock without a socket", () => {
  it("decides and traces like one that listens, with the same answers", async () => {
    const inProcess = createInProcessMock(options());
    const listening = await startMock(options());
    try {
      for (const each of REQUESTS) {
        const [method, ifMatch, body] = each;
        const { answer } = await inProcess.handle(toRequest(each, inProcess.token(null, "valid")));
        const headers = headersOf(ifMatch, listening.token(null, "valid"));
        const sent = method === "GET" ? {} : { body };
        const response = await fetch(listening.url + THING, { method, headers, ...sent });
        expect(answer?.status).toBe(response.status);
        expect(answer?.body).toBe(await response.text());
      }
      const traced = decisions(inProcess.trace());
      expect(traced).toEqual(decisions(listening.trace()));
      expect(inProcess.trace().map(({ status }) => status)).toEqual([201, 200, 200, 428, 412, 200]);
    } finally {
      await listening.close();
    }
  });
});
