import { describe, expect, test } from "vitest";
import { folderWith, gcidem, replay } from "./run-gcidem.js";
import { countingServer, type Seen } from "./servers.js";

/** Runs it against a server and gives what arrived. */
async function sent(scenario: string, flags: readonly string[] = []): Promise<readonly Seen[]> {
  const server = await countingServer();
  const ran = await replay(scenario, ["--target", server.url, ...flags]);
  expect([ran.code, ran.stderr]).toEqual([0, ""]);
  return server.seen;
}

describe("bodies", () => {
  test("json is compact and in the order of the file, numbers and texts as they are written", async () => {
    const [request] = await sent(
      'steps:\n  - request: POST /\n    json:\n      z: 1\n      a: [true, null, -0.5, 1000, "1e3", ünïcode ✓]\n      "2": { nested: {} }\n      empty: ""\n      quoted: "no"\n      plain: no\n',
    );
    expect(request?.body).toBe(
      '{"z":1,"a":[true,null,-0.5,1000,"1e3","ünïcode ✓"],"2":{"nested":{}},"empty":"","quoted":"no","plain":"no"}',
    );
    expect(request?.headers["content-type"]).toBe("application/json");
  });

  test("text is sent byte for byte", async () => {
    const body = '{ "n": 1.0, "big": 12345678901234567890,\n "dup": 1, "dup": 2 }';
    const [request] = await sent(`steps:\n  - request: POST /\n    text: ${JSON.stringify(body)}\n`);
    expect(request?.body).toBe(body);
    expect(request?.headers["content-type"]).toBe("application/json");
    const [plain] = await sent("steps:\n  - request: POST /\n    text: hello\n");
    expect(plain?.headers["content-type"]).toContain("text/plain");
  });

  test("form and a file beside the scenario", async () => {
    const server = await countingServer();
    const cwd = folderWith({
      "sub/body.bin": Buffer.from("ABC\r\n"),
      "it.yaml":
        "steps:\n  - request: POST /form\n    form: { a: b c, ü: '&=' }\n  - request: PUT /file\n    bytesFrom: ./sub/body.bin\n  - request: DELETE /none\n",
    });
    expect((await gcidem(["replay", "it.yaml", "--target", server.url], { cwd })).code).toBe(0);
    expect(server.seen.map(({ body }) => body)).toEqual(["a=b+c&%C3%BC=%26%3D", "ABC\r\n", ""]);
    expect(server.seen.map(({ headers }) => headers["content-type"])).toEqual([
      "application/x-www-form-urlencoded",
      "application/octet-stream",
      undefined,
    ]);
  });
});

describe("headers", () => {
  test("defaults, a step's own and -H, each over the one before, whatever their case", async () => {
    const scenario =
      "defaults: { headers: { X-Team: crm, X-Kept: '1' } }\nsteps:\n  - request: GET /\n    headers: { x-team: sales, X-Own: 2 }\n";
    const [request] = await sent(scenario);
    expect(request?.headers).toMatchObject({ "x-team": "sales", "x-kept": "1", "x-own": "2" });
    const [over] = await sent(scenario, ["-H", "X-OWN: over", "-H", "X-Empty:"]);
    expect(over?.headers).toMatchObject({ "x-own": "over", "x-empty": "" });
  });

  test("keys: bare, quoted, under another name; If-Match as it was received", async () => {
    const seen = await sent(`
steps:
  - { request: POST /a, idempotencyKey: k-1, json: {} }
  - { request: POST /b, idempotencyKey: { value: 'k"1', syntax: quoted }, json: {} }
  - { request: POST /c, idempotencyKey: { value: k-1, header: X-Request-Key }, json: {} }
  - { request: PUT /d, ifMatch: 'W/"1"', json: {} }
`);
    expect(seen[0]?.headers["idempotency-key"]).toBe("k-1");
    expect(seen[1]?.headers["idempotency-key"]).toBe('"k\\"1"');
    expect(seen[2]?.headers["x-request-key"]).toBe("k-1");
    expect(seen[3]?.headers["if-match"]).toBe('W/"1"');
  });
});

describe("repeats and mutations", () => {
  const FIRST = `
steps:
  - id: first
    request: POST /a?x=$(uuid())
    idempotencyKey: $(uuid())
    headers: { X-Id: $(uuid()), X-Gone: here }
    json: { b: 5, a: { n: true, t: é } }
`;

  test("a repeat is the same request again: nothing is evaluated anew", async () => {
    const [first, second, third] = await sent(`${FIRST}  - { repeat: first, times: 2 }\n`);
    const bytes = (request: Seen | undefined) => [request?.url, request?.rawHeaders, request?.body];
    expect(bytes(second)).toEqual(bytes(first));
    expect(bytes(third)).toEqual(bytes(first));
  });

  test("the same JSON in other bytes, in each form", async () => {
    const forms = ["whitespace", "key-order", "number-format", "unicode-escapes"];
    const seen = await sent(
      FIRST + forms.map((form) => `  - { repeat: first, mutate: [{ reserialize: ${form} }] }\n`).join(""),
    );
    const [first, ...others] = seen.map(({ body }) => body);
    expect(first).toBe('{"b":5,"a":{"n":true,"t":"é"}}');
    expect(others).toEqual([
      '{"b": 5, "a": {"n": true, "t": "é"}}',
      '{"a":{"t":"é","n":true},"b":5}',
      '{"b":5.0,"a":{"n":true,"t":"é"}}',
      '{"\\u0062":5,"\\u0061":{"\\u006e":true,"\\u0074":"\\u00e9"}}',
    ]);
    for (const other of others) expect(JSON.parse(other)).toEqual(JSON.parse(first ?? ""));
  });

  test("patch and set, applied in their order to this one request", async () => {
    const seen = await sent(`${FIRST}
  - id: changed
    repeat: first
    mutate:
      - patch: [{ op: add, path: /c, value: [1] }, { op: remove, path: /b }, { op: test, path: /a/n, value: true }]
      - set: { method: PUT, path: /other, idempotencyKey: null, header: { X-Gone: null, X-New: $(uuid()) } }
  - { repeat: first }
  - { repeat: changed }
`);
    const [first, changed, again, twice] = seen;
    expect(changed).toMatchObject({ method: "PUT", url: "/other", body: '{"a":{"n":true,"t":"é"},"c":[1]}' });
    expect(changed?.headers["idempotency-key"]).toBeUndefined();
    expect(changed?.headers["x-gone"]).toBeUndefined();
    expect(changed?.headers["x-id"]).toBe(first?.headers["x-id"]);
    expect(again?.body).toBe(first?.body);
    expect(twice?.rawHeaders).toEqual(changed?.rawHeaders);
  });

  test("a patch that does not fit is refused: exit 2, the rest is skipped", async () => {
    const server = await countingServer();
    const ran = await replay(
      `${FIRST}  - { repeat: first, mutate: [{ patch: [{ op: remove, path: /nowhere }] }] }\n  - { repeat: first }\n`,
      ["--target", server.url],
    );
    expect(ran.code).toBe(2);
    expect(server.seen.length).toBe(1);
    expect(ran.stdout.replace(/\s+/g, " ")).toContain("the patch does not fit the body");
  });
});

describe("the file", () => {
  test("may have a byte order mark, CRLF and anchors", async () => {
    const text =
      `\ufeffdefaults:\n  headers: &h { X-A: "1" }\nsteps:\n  - request: GET /a\n  - request: GET /b\n    headers: *h\n`.replaceAll(
        "\n",
        "\r\n",
      );
    const seen = await sent(text);
    expect(seen.map(({ url, headers }) => [url, headers["x-a"]])).toEqual([
      ["/a", "1"],
      ["/b", "1"],
    ]);
  });

  test("is never changed by a run, and no report is written over it", async () => {
    const server = await countingServer();
    const scenario = "steps:\n  - request: GET /\n";
    const ran = await replay(scenario, ["--target", server.url, "--reporter", "json=./it.yaml"]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("it.yaml");
    expect(server.connections()).toBe(0);
  });
});

test("the target's own path comes before a step's, with and without a slash at its end", async () => {
  const server = await countingServer();
  for (const target of [`${server.url}/base/v1`, `${server.url}/base/v1/`]) {
    expect((await replay("steps:\n  - request: GET /a/b?c=d\n", ["--target", target])).code).toBe(0);
  }
  expect(server.seen.map(({ url }) => url)).toEqual(Array(2).fill("/base/v1/a/b?c=d"));
});
