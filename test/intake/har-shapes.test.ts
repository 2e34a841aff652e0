import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { headerValue } from "../../src/core/http.js";
import { CHROME_FAILED, chromeEntry, exchangesIn, read, readOne, specEntry, textOf } from "./recorders.js";

describe("an entry by the specification", () => {
  test("has its request, its answer and its times, in ms from its start", () => {
    const { request, response, times } = readOne({ status: 409, answer: '{"code":"general.conflict"}' });
    expect(request).toMatchObject({
      method: "PATCH",
      url: "https://api.mypurecloud.ie/api/v2/users/7",
      missing: [],
    });
    expect(textOf(request.body)).toBe('{"name":"Ada"}');
    expect(response).toMatchObject({ status: 409, httpVersion: "1.1", missing: [] });
    expect(response === null ? null : textOf(response.body)).toBe('{"code":"general.conflict"}');
    expect(times).toEqual({
      startedAtMs: Date.parse("2026-11-21T22:37:05.118Z"),
      ...{ sentMs: 1.5, firstByteMs: 11.5, endMs: 12.5 },
    });
  });

  test("keeps the microseconds that a proxy writes, and reads any zone", () => {
    const { times } = readOne({ at: "2026-11-22T00:37:05.118250+02:00" });
    expect(times.startedAtMs).toBe(Date.parse("2026-11-21T22:37:05.118Z") + 0.25);
  });

  test("with a negative time says nothing of when it ended", () => {
    const times = readOne({ time: -1, timings: { send: -1, wait: -1, receive: -1 } }).times;
    expect(times).toMatchObject({ sentMs: null, firstByteMs: null, endMs: null });
    const { timesKnown, notes } = read([specEntry({ time: -1, timings: {} })]);
    expect(timesKnown).toBe(false);
    expect(notes).toEqual(["1 of 1 entries do not say how long they took: no overlap is concluded"]);
  });

  test("of HAR 1.1, without the members that 1.2 added, is read alike", () => {
    const recording = read([specEntry({ timings: { send: 1, wait: 2, receive: 3 }, time: 6 })], {
      version: "1.1",
    });
    expect(recording.format).toBe("HAR 1.1");
    expect(exchangesIn(recording)[0]?.times).toMatchObject({ sentMs: 1, firstByteMs: 3, endMs: 6 });
  });

  test("may carry a URL's fragment and credentials, which no server sees", () => {
    const { request } = readOne({ url: "https://ada:secret@api.example.com/v1/orders?x=1#top" });
    expect(request.url).toBe("https://api.example.com/v1/orders?x=1");
  });
});

describe("bodies", () => {
  test("in base64 are decoded", () => {
    const bytes = Buffer.from([0, 255, 128, 7]);
    const { response } = readOne({
      response: {
        content: {
          size: 4,
          mimeType: "application/octet-stream",
          text: bytes.toString("base64"),
          encoding: "base64",
        },
      },
    });
    expect(response?.body.bytes).toEqual(bytes);
  });

  test("of a form that only its fields tell are put together, and said not to be exact", () => {
    const postData = {
      mimeType: "application/x-www-form-urlencoded",
      params: [
        { name: "sku", value: "A 1" },
        { name: "note", value: "a&b" },
      ],
    };
    const entry = specEntry({ method: "POST", request: { postData } });
    const [exchange] = exchangesIn(read([entry]));
    expect(exchange === undefined ? null : textOf(exchange.request.body)).toBe("sku=A+1&note=a%26b");
    expect(read([entry]).bodiesExact).toBe(false);
  });

  test("of a form whose text is there are taken as they were sent", () => {
    const params = [{ name: "sku", value: "A 1" }];
    const postData = { mimeType: "application/x-www-form-urlencoded", params, text: "sku=A%201" };
    const { request } = readOne({ method: "POST", request: { postData } });
    expect(textOf(request.body)).toBe("sku=A%201");
    expect(request.body.exact).toBe(true);
  });

  test("that are GraphQL, or not JSON although labelled so, are taken as they are", () => {
    const query = '{"query":"mutation { pay(id: 1) { userErrors { message } } }"}';
    const { request, response } = readOne({
      method: "POST",
      body: query,
      answer: "<html>Bad gateway</html>",
      status: 502,
    });
    expect(textOf(request.body)).toBe(query);
    expect(response === null ? null : textOf(response.body)).toBe("<html>Bad gateway</html>");
  });

  test.each<readonly [name: string, request: object]>([
    ["a write with a length and no postData", { postData: undefined, bodySize: 74 }],
    ["a write of unknown length with a content type", { postData: undefined, bodySize: -1 }],
    [
      "an upload that is told by its fields only",
      { postData: { mimeType: "multipart/form-data; boundary=x", params: [{ name: "f" }] } },
    ],
    [
      "Firefox with request bodies switched off",
      { postData: { mimeType: "", comment: "Request bodies are not included." } },
    ],
  ])("are missing, not empty: %s", (_name, request) => {
    expect(readOne({ request }).request).toMatchObject({ missing: ["body"], body: { bytes: null } });
  });

  test("of a write that had none are none", () => {
    const request = { postData: undefined, bodySize: 0 };
    expect(readOne({ method: "DELETE", headers: [], request }).request).toMatchObject({
      missing: [],
      body: { bytes: null },
    });
  });

  test.each<readonly [name: string, content: object]>([
    ["Chrome forgot the body of a page that was left", { size: 812, mimeType: "application/json" }],
    [
      "Firefox with response bodies switched off",
      { size: -1, mimeType: "application/json", comment: "Response bodies are not included." },
    ],
    [
      "Playwright put it into a file of its own",
      { size: 812, mimeType: "application/json", _file: "8f1c.json" },
    ],
  ])("of an answer are missing, not empty: %s", (_name, content) => {
    expect(readOne({ response: { content } }).response).toMatchObject({
      missing: ["body"],
      body: { bytes: null },
    });
  });

  test("that are missing come with the setting to change, by the program that recorded", () => {
    const bodiless = specEntry({ request: { postData: undefined, bodySize: 74 } });
    const firefox = read([bodiless], { browser: { name: "Firefox", version: "128.0" } });
    expect(firefox.notes[0]).toMatch(
      /^the body of 1 of 1 write is missing: in Firefox set devtools\.netmonitor/,
    );
    const chrome = read([bodiless], { creator: { name: "WebInspector", version: "537.36" } });
    expect(chrome.notes[0]).toMatch(/^the body of 1 of 1 write is missing: in Chrome open the network panel/);
  });

  test.each(["!!!! no base64", "eyJhIjo", "eyJhIjox=fQ="])(
    "of base64 that is none are missing, and not what is left of them: %s",
    (text) => {
      const encoded = { mimeType: "application/json", text, encoding: "base64" };
      const recording = read([specEntry({ request: { postData: encoded }, response: { content: encoded } })]);
      const [exchange] = exchangesIn(recording);
      expect(exchange?.request).toMatchObject({ missing: ["body"], body: { bytes: null } });
      expect(exchange?.response).toMatchObject({ missing: ["body"], body: { bytes: null } });
      expect(recording.notes).toEqual([
        "the bodies of 1 of 1 exchange are said to be base64 and are not: they are taken as missing; was the recording edited or cut?",
      ]);
    },
  );

  test("in base64 of several lines are read", () => {
    const text = "eyJh\r\nIjox\r\nfQ==\r\n";
    const { response } = readOne({ response: { content: { text, encoding: "base64" } } });
    expect(String(response?.body.bytes)).toBe('{"a":1}');
  });

  test("that a recorder kept compressed are read, and their bytes are not those that were sent", () => {
    const text = gzipSync('{"a":1}').toString("base64");
    const { response } = readOne({
      answerHeaders: [["Content-Encoding", "gzip"]],
      response: { content: { text, encoding: "base64" } },
    });
    expect(String(response?.body.bytes)).toBe('{"a":1}');
    expect(response?.body.exact).toBe(false);
  });

  test("that only say that they are gzip are taken as they are", () => {
    const text = Buffer.from('{"a":1}').toString("base64");
    const { response } = readOne({
      answerHeaders: [["Content-Encoding", "gzip"]],
      response: { content: { text, encoding: "base64" } },
    });
    expect(String(response?.body.bytes)).toBe('{"a":1}');
  });

  test("that were cut are not told apart behind the cut", () => {
    const { request } = readOne({ body: "x".repeat((1 << 20) + 1) });
    expect(request.missing).toEqual(["body"]);
  });

  test("of more than 1 MiB are cut there, and that is said", () => {
    const recording = read([specEntry({ answer: "x".repeat((1 << 20) + 1) })]);
    expect(exchangesIn(recording)[0]?.response?.body).toMatchObject({
      cut: true,
      bytes: { length: 1 << 20 },
    });
    expect(recording.notes).toEqual(["1 of 1 exchange had bodies of more than 1 MiB, which were cut there"]);
  });
});

describe("answers that never came", () => {
  test("in Chrome's words", () => {
    const { response, error } = readOne({ response: CHROME_FAILED });
    expect(response).toBeNull();
    expect(error).toEqual({
      ...{ code: "ERR_CONNECTION_RESET", phase: "response" },
      message: "net::ERR_CONNECTION_RESET",
    });
  });

  test.each([
    ["net::ERR_CONNECTION_REFUSED", "connect"],
    ["net::ERR_TIMED_OUT", "timeout"],
    ["net::ERR_ABORTED", "aborted"],
    ["net::ERR_BLOCKED_BY_CLIENT", "connect"],
    ["net::ERR_BLOCKED_BY_RESPONSE", "aborted"],
    ["net::ERR_CERT_DATE_INVALID", "connect"],
    ["net::ERR_CONNECTION_CLOSED", "response"],
    ["Server disconnected", "response"],
  ])("%s ended in phase %s", (_error, phase) => {
    expect(readOne({ response: { ...CHROME_FAILED, _error } }).error?.phase).toBe(phase);
  });

  test("in an entry without any answer", () => {
    const recording = read([specEntry({ response: null }), specEntry()]);
    expect(exchangesIn(recording)[0]?.error).toMatchObject({ code: "NO_RESPONSE", phase: "response" });
    expect(recording.notes).toEqual(["1 of 2 requests has no answer"]);
  });
});

describe("headers", () => {
  test("of HTTP/2 are without pseudo-headers", () => {
    const [exchange] = exchangesIn(read([chromeEntry({ headers: [["idempotency-key", "k1"]] })]));
    expect(exchange?.request.headers).toEqual([["idempotency-key", "k1"]]);
    expect(exchange?.times).toMatchObject({ sentMs: 4.75, firstByteMs: 34.75, endMs: 36.75 });
  });

  test("that a browser joined with line ends are lines of their own", () => {
    const { response } = readOne({ answerHeaders: [["Set-Cookie", "a=1; Path=/\nb=2"]] });
    expect(response?.headers).toEqual([
      ["Set-Cookie", "a=1; Path=/"],
      ["Set-Cookie", "b=2"],
    ]);
  });

  test.each(["[REDACTED]", "REDACTED", "***", "<redacted>", "xxxx"])(
    "whose values were taken out (%s) are not compared as if they were values",
    (mark) => {
      const recording = read([
        specEntry({
          headers: [
            ["Idempotency-Key", mark],
            ["Authorization", mark],
          ],
        }),
      ]);
      const [exchange] = exchangesIn(recording);
      expect(headerValue(exchange?.request.headers ?? [], "idempotency-key")).toBeNull();
      expect(headerValue(exchange?.request.headers ?? [], "authorization")).toBe(mark);
      expect(recording.notes[0]).toMatch(/^somebody took the value out of 1 of 1 idempotency-key header:/);
      expect(recording.secretHeaders).toEqual([]);
    },
  );
});

describe("headers whose values are not there to see", () => {
  test.each(["[REDACTED]", "8e03****6f", "8e03…6f"])("are known to have been sent: %s", (mark) => {
    const { request, response } = readOne({
      headers: [
        ["Idempotency-Key", mark],
        ["If-Match", mark],
      ],
      answerHeaders: [["ETag", mark]],
    });
    expect(request.headers).toEqual([]);
    expect(request.missing).toEqual(["key", "validator"]);
    expect(response?.missing).toEqual(["validator"]);
  });

  test.each([null, { a: 1 }, ["a"]])("may be no text at all: %j", (value) => {
    const headers = [
      { name: "Idempotency-Key", value },
      { name: "X-Other", value: 7 },
    ];
    const { request } = readOne({ request: { headers } });
    expect(request.headers).toEqual([["X-Other", "7"]]);
    expect(request.missing).toEqual(["key"]);
  });

  test("of a request without any list of headers none is known", () => {
    const recording = read([specEntry({ request: { headers: null } })]);
    expect(exchangesIn(recording)[0]?.request.missing).toEqual(["headers"]);
    expect(recording.notes[0]).toBe(
      "1 of 1 request has no headers, so no key and no If-Match: export the HAR with them",
    );
  });
});

test("an answer out of the browser's own cache is said to be one", () => {
  expect(read([specEntry({ method: "GET", more: { _fromCache: "disk" } })]).notes).toEqual([
    "1 answer came out of the browser's own cache: the server saw nothing of it, and it may be outdated",
  ]);
});

describe("what is of no use is left out, and said to be", () => {
  test("an entry that the file has before, as where exports were put together", () => {
    const entry = specEntry({ answerHeaders: [["ININ-Correlation-Id", "c-1"]] });
    const later = specEntry({ answerHeaders: [["ININ-Correlation-Id", "c-1"]], time: 12.6 });
    const recording = read([entry, entry, later]);
    expect(recording.count).toBe(2);
    expect(recording.notes).toEqual(["left out: 1 entry that the file has before"]);
  });

  test("not an entry that only looks the same: nothing names its answer", () => {
    expect(read([specEntry(), specEntry()]).count).toBe(2);
  });

  test("page assets, preflights, sockets and data", () => {
    const recording = read([
      specEntry({ method: "GET", more: { _resourceType: "image" } }),
      specEntry({ method: "GET", response: { content: { size: 1, mimeType: "text/css", text: "a" } } }),
      specEntry({ method: "OPTIONS", headers: [["Access-Control-Request-Method", "PATCH"]] }),
      specEntry({ method: "GET", url: "wss://api.example.com/live" }),
      specEntry({ method: "GET", url: "data:image/png;base64,AAAA" }),
      specEntry(),
    ]);
    expect(recording.count).toBe(1);
    expect(recording.notes).toEqual([
      "left out: 2 images, style sheets, fonts and scripts, 1 CORS preflight, 2 entries that are no HTTP requests",
    ]);
  });

  test("what the page tells again of a request that its service worker sent, and nothing else", () => {
    const at = (ms: number): string => `2026-11-21T22:37:05.${100 + ms}Z`;
    const page = { response: { _fetchedViaServiceWorker: true } };
    const recording = read([
      specEntry({ at: at(0), time: 8, ...page }),
      specEntry({ at: at(2), time: 4 }),
      specEntry({ at: at(50), time: 4 }),
      specEntry({ at: at(90), time: 8, ...page }),
    ]);
    expect(exchangesIn(recording).map(({ times }) => (times.startedAtMs ?? 0) % 1000)).toEqual([
      102, 150, 190,
    ]);
    expect(recording.notes).toEqual(["left out: 1 request that the page and its service worker both tell"]);
  });

  test("but not a script that was refused", () => {
    expect(read([specEntry({ method: "GET", status: 409, more: { _resourceType: "script" } })]).count).toBe(
      1,
    );
  });
});

test("after a write the browser's own cache shows what was there before: its answers are left out, and counted", () => {
  const cached = { method: "GET", more: { _fromCache: "disk" } };
  const recording = read([specEntry(cached), specEntry({ status: 409 }), specEntry(cached)]);
  expect(exchangesIn(recording).map(({ request }) => request.method)).toEqual(["GET", "PATCH"]);
  expect(recording.notes).toContain(
    "left out: 1 answer that the browser's own cache gave after a write: it shows what was there before",
  );
});

describe("a write that was redirected as it is and sent on", () => {
  const first = (status: number): object =>
    specEntry({
      ...{ method: "POST", url: "http://a.example.com/v1/orders", status, answer: "" },
      answerHeaders: [["Location", "https://a.example.com/v1/orders"]],
    });
  const sentOn = specEntry({ method: "POST", url: "https://a.example.com/v1/orders", status: 409 });

  test.each([307, 308])("by %i is one request", (status) => {
    const recording = read([first(status), sentOn]);
    expect(exchangesIn(recording).map(({ request }) => request.url)).toEqual([
      "https://a.example.com/v1/orders",
    ]);
    expect(recording.notes).toContain(
      "left out: 1 request that was redirected, and is there as it was sent on",
    );
  });

  test("by 303, to another address, or with another body, is none", () => {
    const other = specEntry({
      method: "POST",
      url: "https://a.example.com/v1/orders",
      status: 409,
      body: "{}",
    });
    expect(read([first(303), sentOn]).count).toBe(2);
    expect(read([first(307), other]).count).toBe(2);
  });
});
