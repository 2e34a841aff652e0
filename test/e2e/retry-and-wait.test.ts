import { performance } from "node:perf_hooks";
import { describe, expect, test } from "vitest";
import { replay, reportOf } from "./run-gcidem.js";
import { closedUrl, countingServer, httpServer } from "./servers.js";

const JSON_FLAGS = ["--reporter", "json"];

/** Real seconds that something took. */
async function realSeconds<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly seconds: number }> {
  const start = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - start) / 1000 };
}

describe("on the mock time is virtual", () => {
  test("a wait of days, a key's life and a token's cost nothing", async () => {
    const scenario = `
policy: { extends: forum-lore, idempotency: { ttl: 24h } }
vars: { key: $(uuid()) }
world: { principals: { reader: { tokenLife: 10m } } }
steps:
  - { id: first, request: POST /api/charges, as: reader, idempotencyKey: $(key), json: { amount: 1 }, expect: { status: 2xx } }
  - wait: 9m
  - { id: again, repeat: first, as: reader, expect: { replayOf: first } }
  - wait: 2m
  - { id: expired, repeat: first, as: reader, auth: expired, expect: { status: 401 } }
  - wait: 72h
  - { id: late, repeat: first, mutate: [{ patch: [{ op: replace, path: /amount, value: 2 }] }], expect: { status: 2xx } }
`;
    const { result, seconds } = await realSeconds(() => replay(scenario, JSON_FLAGS));
    const run = reportOf(result);
    expect(run.expectations.map(({ what, ok }) => [what, ok])).toEqual([
      ["status", true],
      ["replayOf", true],
      ["status", true],
      ["status", true],
    ]);
    expect(seconds).toBeLessThan(15);
    const started = run.exchanges.map(({ timings }) => timings.startMs ?? 0);
    expect((started.at(-1) ?? 0) - (started[0] ?? 0)).toBeGreaterThan(72 * 3_600_000);
  });

  test("Retry-After is obeyed in virtual time", async () => {
    const scenario = `
policy: { extends: documented, rateLimit: { perMinute: 3, retryAfter: true } }
steps:
  - { id: burst, request: GET /api/v2/users/me, times: 3 }
  - id: limited
    request: GET /api/v2/users/me
    retry: { on: [429], max: 2 }
    expect: { status: 200, attempts: [429, 200] }
`;
    const { result, seconds } = await realSeconds(() => replay(scenario, JSON_FLAGS));
    expect(result.code).toBe(0);
    expect(seconds).toBeLessThan(15);
    const [first, second] = reportOf(result).exchanges.slice(-2);
    expect((second?.timings.startMs ?? 0) - (first?.timings.endMs ?? 0)).toBeGreaterThan(1_000);
  });

  test("a lost answer: the client's time-out passes at once, the retry finds the effect", async () => {
    const scenario = `
policy: forum-lore
vars: { key: $(uuid()) }
effects: { request: GET /api/v2/mock/executions?operation=actions/a1, count: $.entities }
steps:
  - id: lost
    request: POST /api/v2/integrations/actions/a1/execute
    idempotencyKey: $(key)
    json: { contactId: c-1 }
    fault: drop-response
    timeout: 25s
    expect: { error: any, executed: true }
  - { id: again, repeat: lost, expect: { status: 200, replayOf: lost } }
`;
    const { result, seconds } = await realSeconds(() => replay(scenario, JSON_FLAGS));
    expect(result.code).toBe(0);
    const lost = reportOf(result).exchanges.find(({ step }) => step === "lost");
    expect(lost?.error?.phase).toBe("response");
    expect(seconds).toBeLessThan(15);
  });
});

describe("off the mock it passes", () => {
  test("a wait longer than --max-wait is refused before anything is sent; 60s is the limit unless said", async () => {
    const server = await countingServer();
    const scenario = (wait: string) => `steps:\n  - request: GET /\n  - wait: ${wait}\n  - request: GET /\n`;
    const long = await replay(scenario("61s"), ["--target", server.url]);
    expect(long.code).toBe(2);
    expect(long.stderr).toContain("it.yaml:3:");
    expect(long.stderr).toContain("--max-wait");
    const short = await replay(scenario("300ms"), ["--target", server.url, "--max-wait", "200ms"]);
    expect(short.code).toBe(2);
    expect(server.connections()).toBe(0);
    const { result, seconds } = await realSeconds(() => replay(scenario("300ms"), ["--target", server.url]));
    expect(result.code).toBe(0);
    expect(seconds).toBeGreaterThan(0.3);
    expect(server.seen.length).toBe(2);
  });

  test("a server's Retry-After beyond --max-wait is not waited for", async () => {
    const server = await httpServer((_request, response) =>
      response.writeHead(429, { "retry-after": "3600" }).end(),
    );
    const scenario =
      "steps:\n  - request: GET /\n    retry: { on: [429], max: 3 }\n    expect: { status: 429 }\n";
    const { result, seconds } = await realSeconds(() => replay(scenario, ["--target", server.url]));
    expect(result.stderr).toContain("--max-wait");
    expect(server.seen.length).toBe(1);
    expect(seconds).toBeLessThan(15);
  });

  test("Retry-After in seconds and as a date", async () => {
    const server = await httpServer((_request, response, nth) => {
      const after = nth === 0 ? "1" : new Date(Date.now() - 5_000).toUTCString();
      response.writeHead(nth < 2 ? 503 : 200, { "retry-after": after }).end();
    });
    const scenario =
      "steps:\n  - request: GET /\n    retry: { on: [5xx], max: 3, backoff: { initial: 20s } }\n    expect: { attempts: [503, 503, 200] }\n";
    const { result, seconds } = await realSeconds(() => replay(scenario, ["--target", server.url]));
    expect(result.code).toBe(0);
    expect(seconds).toBeGreaterThan(1);
  });

  test("each attempt is its own exchange with the same bytes; newKey and reread change what they say", async () => {
    const server = await httpServer((request, response, nth) => {
      if (request.method === "GET") response.setHeader("etag", `"v${nth}"`).end("{}");
      else response.writeHead(nth < 5 ? 412 : 200).end("{}");
    });
    const scenario = `
steps:
  - { id: read, request: GET /r, capture: { etag: header ETag } }
  - id: plain
    request: POST /a
    idempotencyKey: $(uuid())
    json: { n: $(uuid()) }
    retry: { on: [412], max: 1, backoff: { initial: 1ms } }
  - id: fresh
    request: PUT /b
    ifMatch: $(read.etag)
    idempotencyKey: $(uuid())
    json: { e: $(read.etag) }
    retry: { on: [412], max: 2, reread: read, newKey: true, backoff: { initial: 1ms } }
    expect: { attempts: [412, 200] }
`;
    const ran = await replay(scenario, ["--target", server.url]);
    expect(ran.code).toBe(0);
    const [plain, again] = server.seen.filter(({ url }) => url === "/a");
    expect(again?.body).toBe(plain?.body);
    expect(again?.headers["idempotency-key"]).toBe(plain?.headers["idempotency-key"]);
    const [first, second] = server.seen.filter(({ url }) => url === "/b");
    expect(second?.headers["if-match"]).toBe('"v4"');
    expect(second?.body).toBe('{"e":"\\"v4\\""}');
    expect(second?.headers["idempotency-key"]).not.toBe(first?.headers["idempotency-key"]);
  });

  test("--timeout outranks the scenario's default, a step's own outranks both", async () => {
    const server = await httpServer(() => undefined);
    const scenario =
      "defaults: { timeout: 20s }\nsteps:\n  - { id: a, request: GET /, expect: { error: timeout } }\n  - { id: b, request: GET /, timeout: 100ms, expect: { error: timeout } }\n";
    const { result, seconds } = await realSeconds(() =>
      replay(scenario, ["--target", server.url, "--timeout", "300ms"]),
    );
    expect(result.code).toBe(0);
    expect(seconds).toBeLessThan(15);
  });

  test("abort: sent hangs up once the request is out, a duration after it", async () => {
    const server = await httpServer((_request, response) => setTimeout(() => response.end("{}"), 5_000));
    const scenario =
      "steps:\n  - { request: POST /, json: {}, abort: sent, expect: { error: aborted } }\n  - { request: GET /, abort: 100ms, expect: { error: aborted } }\n";
    const ran = await replay(scenario, ["--target", server.url]);
    expect(ran.code).toBe(0);
    expect(server.seen.length).toBe(2);
  });
});

describe("--wait-for", () => {
  const GET = "steps:\n  - request: GET /\n    expect: { status: 200 }\n";

  test("polls until anything answers, then starts", async () => {
    let ready = false;
    const health = await httpServer((_request, response, nth) => {
      if (nth < 2) return void response.destroy();
      ready = true;
      response.writeHead(503).end();
    });
    const server = await httpServer((_request, response) => response.writeHead(ready ? 200 : 500).end());
    const ran = await replay(GET, ["--target", server.url, "--wait-for", `${health.url}/health`]);
    expect(ran.code).toBe(0);
    expect(health.seen.length).toBe(3);
  });

  test("nobody within --max-wait: exit 4, nothing is sent", async () => {
    const server = await countingServer();
    const ran = await replay(GET, [
      "--target",
      server.url,
      "--wait-for",
      await closedUrl(),
      "--max-wait",
      "500ms",
    ]);
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain("nothing was sent");
    expect(server.connections()).toBe(0);
  });
});
