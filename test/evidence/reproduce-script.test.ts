import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import type { HeaderList } from "../../src/core/http.js";
import { bundleOf, evidenceOf, fileOf, journalOf, type Sent, sourceOf, textIn } from "./evidence-of.js";

const run = promisify(execFile);
const closing: (() => unknown)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Arrived {
  readonly line: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** How many requests were under way with it, at most. */
  readonly together: number;
}

/** A server that remembers what came; each answer has an ETag of its own. */
async function listen(delayMs = 0): Promise<{ readonly url: string; readonly arrived: readonly Arrived[] }> {
  const arrived: Arrived[] = [];
  let open = 0;
  const server = createServer((request, response) => {
    open += 1;
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const line = `${request.method} ${request.url}`;
      setTimeout(() => {
        arrived.push({ line, headers: request.headers, body: Buffer.concat(chunks), together: open });
        const etag = `"fresh-${arrived.length}"`;
        response.writeHead(200, {
          ETag: etag,
          "X-Request-Id": `id-${arrived.length}`,
          Location: "/made/new",
        });
        response.end("{}", () => (open -= 1));
      }, delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, arrived };
}

/** Runs a script with nothing in its environment but what is given. */
function sh(
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly stdout: string }> {
  const file = fileOf(Buffer.from(script));
  return run("dash", [file], {
    env: { PATH: process.env.PATH ?? "", LANG: "C.UTF-8", ...env },
    timeout: 20_000,
  });
}

function scriptOf(sent: readonly Sent[], options: Parameters<typeof journalOf>[1] = {}): string {
  return textIn(evidenceOf(sent, options), "reproduce.sh");
}

const JSON_TYPE: HeaderList = [["Content-Type", "application/json"]];

describe("reproduce.sh", () => {
  test("sends the same requests in the same order, byte for byte", async () => {
    const { url, arrived } = await listen();
    const bodies = [
      "plain",
      `it's "quoted" $HOME \`id\` \\n ${"é漢"}`,
      "@not-a-file",
      "line\nline\n",
      "a\u0000b\u001b[31m\t\u202e",
      "-n %s %d \\101",
      "x".repeat(50_000),
      new Uint8Array([0, 255, 254, 10, 37, 92, 39, 49]),
    ];
    const sent: readonly Sent[] = [
      { url: `${url}/a/[1]/{2}/../x?q=%20'$(id)'&r=*`, headers: [["X-Odd", "it's; $HOME `id`"]] },
      ...bodies.map((body): Sent => ({ method: "PUT", url: `${url}/b`, headers: JSON_TYPE, body })),
      { method: "HEAD", url: `${url}/head` },
      { method: "DELETE", url: `${url}/gone`, status: 404 },
    ];
    const { stdout } = await sh(scriptOf(sent, { baseUrl: url }));
    expect(arrived.map(({ line }) => line)).toEqual([
      "GET /a/[1]/{2}/../x?q=%20'$(id)'&r=*",
      ...bodies.map(() => "PUT /b"),
      "HEAD /head",
      "DELETE /gone",
    ]);
    expect(arrived[0]?.headers["x-odd"]).toBe("it's; $HOME `id`");
    expect(arrived.slice(1, -2).map(({ body }) => body)).toEqual(bodies.map((body) => Buffer.from(body)));
    expect(arrived[1]?.headers["content-type"]).toBe("application/json");
    expect(arrived[1]?.headers.accept).toBeUndefined();
    expect(stdout).toContain("#11  200  (recorded: 404)");
    expect(stdout).toContain("1 of 11 answers have another status than the recorded ones");
  });

  test("asks for every secret that was taken out, and sends nothing without", async () => {
    const { url, arrived } = await listen();
    const sent: Sent = {
      ...{
        method: "POST",
        url: `${url}/t?access_token=query-secret-1`,
        body: '{"password":"hunter2-hunter2"}',
      },
      headers: [["Authorization", "Bearer abcdef-1234567890"], ...JSON_TYPE],
    };
    const script = scriptOf([sent], { baseUrl: url });
    expect(script).not.toMatch(/abcdef-123|hunter2|query-secret/);
    const refused = await sh(script).catch(
      (error: { readonly code: number; readonly stderr: string }) => error,
    );
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("set SECRET_1:") });
    expect(arrived).toEqual([]);
    await sh(script, { SECRET_1: "one", SECRET_2: "two' $x", SECRET_3: "three" });
    const all = JSON.stringify(
      arrived.map(({ line, headers, body }) => [line, headers.authorization, String(body)]),
    );
    for (const value of ["one", "two' $x", "three"]) expect(all).toContain(value);
  });

  test("takes ETags from the answers that it gets, and keys from whoever gives new ones", async () => {
    const { url, arrived } = await listen();
    const keyed: HeaderList = [["Idempotency-Key", "recorded-key"]];
    const sent: readonly Sent[] = [
      { url: `${url}/1`, answerHeaders: [["ETag", '"old"']] },
      { method: "PUT", url: `${url}/1`, headers: [["If-Match", '"old"'], ...keyed], status: 412 },
      { method: "PUT", url: `${url}/1`, headers: [["If-Match", '"unseen"'], ...keyed], status: 412 },
    ];
    const script = scriptOf(sent, { baseUrl: url });
    await sh(script);
    await sh(script, { KEY_1: "new" });
    expect(arrived.map(({ headers }) => headers["if-match"])).toEqual([
      ...[undefined, '"fresh-1"', '"unseen"'],
      ...[undefined, '"fresh-4"', '"unseen"'],
    ]);
    expect(arrived.map(({ headers }) => headers["idempotency-key"])).toEqual([
      ...[undefined, "recorded-key", "recorded-key"],
      ...[undefined, "new", "new"],
    ]);
  });

  test("takes captures from headers, and says which ones stood where a shell cannot read", async () => {
    const { url, arrived } = await listen();
    const sent: readonly Sent[] = [
      {
        ...{ method: "POST", url: `${url}/made`, step: "made", answerHeaders: [["Location", "/made/old"]] },
        bound: { "made.id": "order-4711-a", "made.at": "/made/old" },
      },
      { url: `${url}/orders/order-4711-a?back=/made/old`, step: "look" },
    ];
    const script = scriptOf(sent, { baseUrl: url });
    expect(script).toContain("# made.id stood in the answer to #1. This script cannot read it there");
    await sh(script, { CAPTURED_MADE_ID: "order-5" });
    expect(arrived[1]?.line).toBe("GET /orders/order-5?back=/made/new");
  });

  test("sends what was sent together as jobs in the background, and waits for all of them", async () => {
    const { url, arrived } = await listen(300);
    const at = (startMs: number, endMs: number, path: string): Sent => ({
      url: `${url}${path}`,
      startMs,
      endMs,
    });
    const script = scriptOf([at(0, 50, "/a"), at(1, 50, "/b"), at(2, 50, "/c"), at(60, 70, "/d")], {
      baseUrl: url,
    });
    await sh(script);
    expect(arrived.slice(0, 3).some(({ together }) => together > 1)).toBe(true);
    expect(arrived.at(-1)).toMatchObject({ line: "GET /d", together: 1 });
  });

  test("waits where so much time passed, unless it is told not to", () => {
    const url = "https://api.example.com/x";
    const sent = [
      { url, startMs: 0, endMs: 5 },
      { url, startMs: 4005, endMs: 4010 },
    ];
    expect(scriptOf(sent)).toContain("pause 4 'so much time passed between these requests'\n");
  });

  test("of a recording says that credentials and bodies are missing", async () => {
    const { url, arrived } = await listen();
    const recording = {
      ...{ format: "HAR 1.2", recordedBy: null, timesKnown: true, bodiesExact: true, notes: [] },
    };
    const script = scriptOf([{ url: `${url}/x` }], { baseUrl: url, kind: "recording", recording });
    await sh(script);
    await sh(script, { AUTHORIZATION: "Bearer mine and 'yours'" });
    expect(arrived.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      "Bearer mine and 'yours'",
    ]);
  });

  test("goes to another server where BASE_URL says so", async () => {
    const { url, arrived } = await listen();
    await sh(scriptOf([{ url: "https://api.example.com/x/y" }]), { BASE_URL: url });
    expect(arrived.map(({ line }) => line)).toEqual(["GET /x/y"]);
  });

  test("whatever names say, no comment of it becomes a command", async () => {
    const name = "a\ntouch /tmp/gcidem-was-here\r\u2028x";
    const script = textIn(
      bundleOf(sourceOf(journalOf([{ url: "https://api.example.com/", step: name }], { name }))),
      "reproduce.sh",
    );
    expect(script.split("\n").filter((line) => line.startsWith("touch"))).toEqual([]);
    expect(script).toContain("# a\\ntouch");
  });
});
