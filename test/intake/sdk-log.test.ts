import { describe, expect, test } from "vitest";
import { GcidemError } from "../../src/core/errors.js";
import { headerValue } from "../../src/core/http.js";
import type { Recording } from "../../src/intake/intake.js";
import { readSdkLog } from "../../src/intake/read-sdk-log.js";
import { exchangesIn, textOf } from "./recorders.js";

const ATTRIBUTES = "https://api.mypurecloud.ie/api/v2/conversations/c1/participants/p1/attributes";

/** A record as the SDK's logger writes it: members sorted, the answer's headers at level trace and error only. */
function record(level: "trace" | "debug" | "error", more: object = {}): string {
  const { responseHeaders, ...rest } = {
    correlationId: level === "debug" ? "" : "5f0c2f1e-0d0b-4a55-9a3e-6f1b7c20d1a1",
    date: "2026-11-21T22:37:05.118Z",
    level,
    method: "PATCH",
    requestHeaders: { Authorization: "[REDACTED]", "Idempotency-Key": "k1" },
    responseHeaders: { "inin-correlation-id": "5f0c2f1e-0d0b-4a55-9a3e-6f1b7c20d1a1" },
    statusCode: level === "error" ? 409 : 202,
    url: ATTRIBUTES,
    ...more,
  };
  return JSON.stringify(level === "debug" ? rest : { ...rest, responseHeaders });
}

function log(...lines: readonly string[]): Recording {
  return readSdkLog(`${lines.join("\n")}\n`, "worker.log");
}

function errorOf(text: string): GcidemError {
  try {
    readSdkLog(text, "worker.log");
  } catch (error) {
    if (error instanceof GcidemError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("the SDK's JSON log", () => {
  test("has a success at level trace twice, which is one exchange", () => {
    const recording = log(record("trace"), record("debug"), record("trace"), record("debug"));
    expect(recording.count).toBe(2);
    expect(exchangesIn(recording)[0]?.response).toMatchObject({ status: 202, missing: ["body"] });
  });

  test("has it twice also where two answers came at once", () => {
    expect(log(record("trace"), record("trace"), record("debug"), record("debug")).count).toBe(2);
  });

  test("at level debug has it once, without the answer's headers, and says which setting shows them", () => {
    const recording = log(record("debug"), record("debug"));
    expect(recording.count).toBe(2);
    expect(exchangesIn(recording)[0]?.response).toMatchObject({ headers: [], missing: ["headers", "body"] });
    expect(recording.notes).toContain(
      "2 of 2 answers have no headers, so no correlation ID and no ETag: set client.config.logger.log_level to trace",
    );
  });

  test("dates the answer: nothing is concluded from its times", () => {
    const recording = log(record("error"));
    expect(recording.timesKnown).toBe(false);
    expect(exchangesIn(recording)[0]?.times).toEqual({
      startedAtMs: Date.parse("2026-11-21T22:37:05.118Z"),
      ...{ sentMs: null, firstByteMs: null, endMs: null },
    });
  });

  test("without bodies says so, and which settings show them; a body that is not there is not empty", () => {
    const recording = log(record("error"));
    expect(exchangesIn(recording)[0]?.request).toMatchObject({ missing: ["body"], body: { bytes: null } });
    expect(recording.notes.slice(0, 2)).toEqual([
      "the bodies that were sent are not logged: set client.config.logger.log_request_body = true",
      "what refused requests were answered is not logged: set client.config.logger.log_response_body = true",
    ]);
  });

  test("with bodies has their values, but not the order of their members", () => {
    const recording = log(
      record("error", {
        requestBody: { attributes: { tier: "gold" } },
        responseBody: { code: "general.conflict", status: 409 },
      }),
      record("error", { method: "POST" }),
    );
    const [first, second] = exchangesIn(recording);
    expect(first === undefined ? null : textOf(first.request.body)).toBe('{"attributes":{"tier":"gold"}}');
    expect(first?.response?.body).toMatchObject({ exact: false, missing: false });
    expect(second?.request).toMatchObject({ missing: [], body: { bytes: null } });
    expect(recording.bodiesExact).toBe(false);
    expect(recording.notes[0]).toMatch(/^the log sorts the members of JSON bodies/);
  });

  test("takes an answer with length 0 for what it is", () => {
    const [exchange] = exchangesIn(log(record("trace", { responseHeaders: { "content-length": "0" } })));
    expect(exchange?.response).toMatchObject({ missing: [] });
  });

  test("has headers of several lines, and none of the token", () => {
    const recording = log(record("error", { responseHeaders: { "set-cookie": ["a=1", "b=2"] } }));
    const [exchange] = exchangesIn(recording);
    expect(exchange?.response?.headers).toEqual([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ]);
    expect(headerValue(exchange?.request.headers ?? [], "authorization")).toBe("[REDACTED]");
    expect(recording.secretHeaders).toEqual([]);
  });

  test("writes paths decoded; they are encoded again", () => {
    const [exchange] = exchangesIn(log(record("error", { url: "https://api.mypurecloud.ie/api/v2/x/a b" })));
    expect(exchange?.request.url).toBe("https://api.mypurecloud.ie/api/v2/x/a%20b");
  });
});

describe("a log that is not only the SDK's", () => {
  test("may have lines of others between, and what a container puts before each line", () => {
    const recording = log(
      "worker started {pid: 7}",
      '{"level":"info","message":"something else","statusCode":200}',
      `worker-1  | 2026-11-21T22:37:05.119Z ${record("trace")}`,
      "    at Object.<anonymous> (/app/x.js:1:1)",
      `worker-1  | 2026-11-21T22:37:05.120Z ${record("debug")}`,
      `\u001b[32m${record("error")}\u001b[0m`,
      '{"statusCode":',
    );
    expect(recording.count).toBe(2);
    expect(recording.problems).toEqual([]);
  });

  test("may have the record under `message`, as other loggers put it", () => {
    const wrapped = JSON.stringify({ level: "error", message: JSON.parse(record("error")) as unknown });
    expect(exchangesIn(log(wrapped))[0]?.response?.status).toBe(409);
  });

  test("that was cut in the middle of a record is read up to there, and says where", () => {
    const text = `${record("error")}\n${record("error").slice(0, 90)}`;
    expect(readSdkLog(text, "worker.log")).toMatchObject({
      count: 1,
      problems: [
        {
          at: { line: 2, column: 91 },
          message: "the log ends in the middle of a record; everything before it was read",
        },
      ],
    });
  });

  test("that begins in the middle of a record is read from the next one on, and says so", () => {
    const recording = log(record("error").slice(60), record("error"));
    expect(recording.count).toBe(1);
    expect(recording.problems).toMatchObject([
      {
        at: { file: "worker.log", line: 1, column: 1 },
        message: "this line is a part of a record of the SDK, or a damaged one: it is left out",
      },
    ]);
  });

  test("that was rotated in the middle of a record says where, and names no more than five such places", () => {
    const halves = Array.from({ length: 7 }, () => record("error").slice(0, 150));
    const recording = log(record("trace"), ...halves, record("error"));
    expect(recording.count).toBe(2);
    expect(recording.problems.map(({ at }) => at.line)).toEqual([2, 3, 4, 5, 6]);
  });

  test("may be the files of a rotation in any order: they are put in the order of their dates", () => {
    const newer = record("error", { date: "2026-11-21T22:40:00.000Z" });
    const older = record("trace", { date: "2026-11-21T22:10:00.000Z" });
    const recording = log(newer, older, record("debug", { date: "2026-11-21T22:10:00.001Z" }));
    expect(exchangesIn(recording).map(({ response }) => response?.status)).toEqual([202, 409]);
    expect(recording.notes).toContainEqual(expect.stringMatching(/^the records were not in the order/));
    expect(log(older, newer).notes).not.toContainEqual(expect.stringMatching(/not in the order/));
  });

  test("keeps the order of the file where a record has no date", () => {
    const recording = log(record("error", { date: null }), record("trace", { date: "2026-11-21T22:10:00Z" }));
    expect(exchangesIn(recording).map(({ response }) => response?.status)).toEqual([409, 202]);
  });

  test.each([
    ["a container's own JSON", { log: `${record("error")}\n`, stream: "stderr" }],
    ["another logger's text", { level: "error", message: record("error") }],
  ])("may be wrapped line by line: %s", (_name, wrapped) => {
    expect(exchangesIn(log(JSON.stringify(wrapped)))[0]?.response?.status).toBe(409);
  });

  test.each([0, -1, 99999, 40.9])("a status that none is, %s, is damage", (statusCode) => {
    const recording = log(record("error"), record("error", { statusCode }));
    expect(recording.count).toBe(1);
    expect(recording.problems.map(({ at }) => at.line)).toEqual([2]);
  });

  test("in which somebody switched formats says from which line on nothing is read", () => {
    const recording = log(record("error"), "=== REQUEST === ", "URL: http://127.0.0.1/x");
    expect(recording.problems).toMatchObject([
      { at: { line: 2, column: 1 }, hint: expect.stringContaining("logFormatEnum.formats.JSON") as unknown },
    ]);
  });
});

describe("what cannot be read says what to do", () => {
  test("the text format: how to switch to JSON", () => {
    const text =
      "TRACE: 2026-11-22T06:50:11.996Z\n=== REQUEST === \nURL: http://127.0.0.1/x\nMethod: PATCH\n";
    expect(errorOf(text).problems).toMatchObject([
      {
        at: { file: "worker.log", line: 2, column: 1 },
        message: "this is the Genesys SDK's log in its text format, which gcidem cannot read",
        hint: expect.stringContaining(
          "log_format = client.config.logger.logFormatEnum.formats.JSON",
        ) as unknown,
      },
    ]);
  });

  test("a text with nothing in it: what can be read", () => {
    expect(errorOf("hello\nworld\n").problems[0]?.message).toBe(
      "found neither a HAR nor a record of the Genesys SDK's JSON log nor a journal",
    );
  });
});
