import { describe, expect, test } from "vitest";
import { readHar } from "../../src/intake/read-har.js";
import { exchangesIn, harText, textOf } from "./recorders.js";

const URL_OF_A_USER = "https://api.mypurecloud.ie/api/v2/users/7";
const BODY = '{"version":3,"name":"Ada"}';
const ANSWER = '{"code":"general.conflict","status":409}';

const REQUEST = {
  method: "PATCH",
  url: URL_OF_A_USER,
  cookies: [],
  queryString: [],
  headers: [{ name: "Content-Type", value: "application/json" }],
  headersSize: 210,
  bodySize: BODY.length,
};
const RESPONSE = {
  status: 409,
  statusText: "Conflict",
  cookies: [],
  headers: [{ name: "ININ-Correlation-Id", value: "5f0c2f1e" }],
  redirectURL: "",
  headersSize: 120,
  bodySize: ANSWER.length,
};

/** One refused PATCH as each program writes it: members that the specification does not know included. */
const RECORDERS: Readonly<Record<string, { readonly log: Record<string, unknown>; readonly entry: object }>> =
  {
    "Firefox 128.0": {
      log: { creator: { name: "Firefox", version: "128.0" }, browser: { name: "Firefox", version: "128.0" } },
      entry: {
        pageref: "page_1",
        startedDateTime: "2026-11-21T23:37:05.118+01:00",
        request: {
          ...REQUEST,
          httpVersion: "HTTP/2",
          postData: { mimeType: "application/json", params: [], text: BODY },
        },
        response: {
          ...RESPONSE,
          httpVersion: "HTTP/2",
          content: { mimeType: "application/json", size: 40, text: ANSWER },
        },
        cache: {},
        timings: { blocked: 0, dns: 2, connect: 10, ssl: 6, send: 0, wait: 40, receive: 1 },
        time: 53,
        _securityState: "secure",
        serverIPAddress: "192.0.2.7",
        connection: "443",
      },
    },
    "mitmproxy 10.3.0": {
      log: { creator: { name: "mitmproxy", version: "10.3.0", comment: "" }, pages: undefined },
      entry: {
        startedDateTime: "2026-11-21T22:37:05.118000+00:00",
        time: 53.25,
        request: {
          ...REQUEST,
          httpVersion: "HTTP/2.0",
          postData: { mimeType: "application/json", text: BODY, params: [] },
        },
        response: {
          ...{ ...RESPONSE, httpVersion: "HTTP/2.0", _transferSize: 160, _error: null },
          content: {
            size: 40,
            compression: 0,
            mimeType: "application/json",
            text: Buffer.from(ANSWER).toString("base64"),
            encoding: "base64",
          },
        },
        cache: {},
        timings: { connect: 10, ssl: 6, send: 1.5, receive: 0.5, wait: 41.25 },
        serverIPAddress: "192.0.2.7",
      },
    },
    "Charles Proxy 4.6": {
      log: { creator: { name: "Charles Proxy", version: "4.6" } },
      entry: {
        startedDateTime: "2026-11-21T22:37:05.118Z",
        time: 53,
        request: {
          ...REQUEST,
          httpVersion: "HTTP/1.1",
          postData: { mimeType: "application/json", text: BODY },
        },
        response: {
          ...RESPONSE,
          httpVersion: "HTTP/1.1",
          _charlesStatus: "COMPLETE",
          content: {
            size: 40,
            mimeType: "application/json",
            text: Buffer.from(ANSWER).toString("base64"),
            encoding: "base64",
          },
        },
        serverIPAddress: "192.0.2.7",
        cache: {},
        timings: { dns: -1, connect: -1, ssl: -1, send: 1, blocked: -1, wait: 51, receive: 1 },
      },
    },
    "Fiddler 5.0": {
      log: {
        creator: { name: "Fiddler", version: "5.0", comment: "exported" },
        comment: "exported @ 21/11/2026",
      },
      entry: {
        startedDateTime: "2026-11-21T17:37:05.1180000-05:00",
        time: 53,
        request: {
          ...REQUEST,
          httpVersion: "HTTP/1.1",
          postData: { mimeType: "application/json", text: BODY, comment: "" },
          comment: "",
        },
        response: {
          ...RESPONSE,
          httpVersion: "HTTP/1.1",
          content: { size: 40, compression: 0, mimeType: "application/json", text: ANSWER, comment: "" },
          comment: "",
        },
        cache: {},
        timings: { dns: 0, connect: 10, ssl: 6, send: 0, wait: 42, receive: 1, comment: "" },
        comment: "[#5]",
      },
    },
  };

describe("a refused PATCH is the same whoever recorded it", () => {
  test.each(Object.entries(RECORDERS))("%s", (name, { log, entry }) => {
    const recording = readHar(harText([entry], log));
    const [exchange] = exchangesIn(recording);
    expect(recording).toMatchObject({
      recordedBy: name,
      timesKnown: true,
      bodiesExact: true,
      notes: [],
      problems: [],
    });
    expect(exchange?.request).toMatchObject({ method: "PATCH", url: URL_OF_A_USER, missing: [] });
    expect(exchange === undefined ? null : textOf(exchange.request.body)).toBe(BODY);
    expect(exchange?.response).toMatchObject({ status: 409, missing: [] });
    expect(exchange?.response?.httpVersion).toMatch(/^(?:1\.1|2\.0)$/);
    expect(Buffer.from(exchange?.response?.body.bytes ?? []).toString()).toBe(ANSWER);
    expect(exchange?.times.startedAtMs).toBe(Date.parse("2026-11-21T22:37:05.118Z"));
    expect(exchange?.times.endMs).toBeCloseTo(53, 0);
    expect(exchange?.times.sentMs).toBeLessThan(exchange?.times.firstByteMs ?? 0);
  });

  test("where mitmproxy saw the server hang up, there is no answer", () => {
    const { log, entry } = RECORDERS["mitmproxy 10.3.0"] ?? { log: {}, entry: {} };
    const failed = {
      ...entry,
      response: {
        ...RESPONSE,
        status: 0,
        statusText: "",
        httpVersion: "",
        headers: [],
        content: {},
        _error: "Server disconnected",
      },
    };
    expect(exchangesIn(readHar(harText([failed], log)))[0]?.error).toEqual({
      ...{ code: "NO_RESPONSE", phase: "response", message: "Server disconnected" },
    });
  });
});
