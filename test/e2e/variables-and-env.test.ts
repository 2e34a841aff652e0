import { describe, expect, test } from "vitest";
import { folderWith, gcidem, journalOf, replay, reportOf, workFolder } from "./run-gcidem.js";
import { countingServer } from "./servers.js";

const ASKING = `
vars:
  key: $(uuid())
  order: { mock: $(uuid()), ask: id of an order }
  customer: { ask: id of its customer }
  plain: a/b c
steps:
  - id: send
    request: PUT /orders/$(order)/of/$(customer)?x=$(plain)
    idempotencyKey: $(key)
    headers: { X-Plain: $(plain) }
    json: { order: $(order), same: $(order), n: 5, text: "n=$(plain)" }
`;

describe("--var and --vars", () => {
  test("give values; --var outranks --vars; paths and queries are percent-encoded, the rest is not", async () => {
    const server = await countingServer();
    const cwd = folderWith({ "more.yaml": "customer: c-1\nplain: ignored\n" });
    const ran = await replay(
      ASKING,
      ["--target", server.url, "--vars", "more.yaml", "--var", "order=o/1=2", "--var", "plain=a/b ?c"],
      { cwd },
    );
    expect(ran.code).toBe(0);
    expect(server.seen[0]).toMatchObject({
      url: "/orders/o%2F1%3D2/of/c-1?x=a%2Fb%20%3Fc",
      body: '{"order":"o/1=2","same":"o/1=2","n":5,"text":"n=a/b ?c"}',
    });
    expect(server.seen[0]?.headers["x-plain"]).toBe("a/b ?c");
    expect(server.seen[0]?.headers["idempotency-key"]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  });

  test("a value is inserted once and never read again as a template", async () => {
    const server = await countingServer();
    const ran = await replay(ASKING, [
      "--target",
      server.url,
      "--var",
      "order=$(key)",
      "--var",
      "customer=$$(x)",
      "--var",
      "plain=${x}{{y}}",
    ]);
    expect(ran.code).toBe(0);
    expect(server.seen[0]?.body).toBe('{"order":"$(key)","same":"$(key)","n":5,"text":"n=${x}{{y}}"}');
  });

  test("a JSON file serves as well", async () => {
    const server = await countingServer();
    const cwd = folderWith({ "more.json": '{"customer":"c","order":"o"}' });
    expect((await replay(ASKING, ["--target", server.url, "--vars", "more.json"], { cwd })).code).toBe(0);
  });

  test("what is asked for off the mock: one message lists all that are missing, nothing is sent", async () => {
    const server = await countingServer();
    const ran = await replay(ASKING, ["--target", server.url]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("it.yaml:4:3: --var order=... is missing: id of an order");
    expect(ran.stderr).toContain("it.yaml:5:3: --var customer=... is missing: id of its customer");
    expect(ran.stderr).toContain("nothing was sent");
    expect(server.connections()).toBe(0);
  });

  test("on the mock its own value serves; a var without one is missing there too", async () => {
    const ran = await replay(ASKING);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("customer");
    expect(ran.stderr).not.toContain("order=");
    expect((await replay(ASKING, ["--var", "customer=c"])).code).toBe(0);
  });

  test.each([
    [["--var", "ordre=1"], 2, /ordre/],
    [["--var", "novalue"], 2, /novalue/],
    [["--var", "=x"], 2, /name=value/],
    [["--vars", "missing.yaml"], 3, /missing\.yaml/],
    [["--vars", "list.yaml"], 3, /list\.yaml/],
    [["--vars", "broken.yaml"], 3, /broken\.yaml:1:/],
    [["--vars", "unknown.yaml"], 2, /nobody/],
  ])("%j is an error", async (flags, code, words) => {
    const server = await countingServer();
    const cwd = folderWith({ "list.yaml": "- a\n", "broken.yaml": "a: [\n", "unknown.yaml": "nobody: 1\n" });
    const ran = await replay(ASKING, ["--target", server.url, "--var", "customer=c", ...flags], { cwd });
    expect(ran.code).toBe(code);
    expect(ran.stderr).toMatch(words);
    expect(server.connections()).toBe(0);
  });

  test("a captured value keeps its type where it is the whole value", async () => {
    const ran = await replay(
      'policy: rfc9110\nvars: { x: x }\nworld: { things: [{ id: "1", n: 7, list: [1, null] }] }\nsteps:\n  - id: a\n    request: GET /api/v2/mock/things/1\n    capture: { n: $.n, list: $.list, s: status }\n  - id: b\n    request: PUT /api/v2/mock/things/2\n    json: { n: $(a.n), list: $(a.list), text: $(a.n)!, s: $(a.s), literal: "$$(a.n)", sum: "$(sha256(x))" }\n',
      ["--reporter", "json"],
    );
    const sum = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
    expect(reportOf(ran).exchanges[1]?.request.body).toBe(
      `{"n":7,"list":[1,null],"text":"7!","s":200,"literal":"$(a.n)","sum":"${sum}"}`,
    );
  });
});

describe("$(env.NAME)", () => {
  const READING =
    "steps:\n  - request: GET /x\n    headers: { X-A: $(env.MY_SECRET), X-B: $(env.OTHER_ONE) }\n";

  test("is refused for names that nobody allowed, all of them at once, and nothing is sent", async () => {
    const server = await countingServer();
    const ran = await replay(READING, ["--target", server.url, "--allow-writes", "--yes"], {
      env: { MY_SECRET: "s3cr3t-canary", OTHER_ONE: "s3cr3t-canary" },
    });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("--allow-env MY_SECRET");
    expect(ran.stderr).toContain("--allow-env OTHER_ONE");
    expect(ran.stderr).not.toContain("s3cr3t-canary");
    expect(server.connections()).toBe(0);
  });

  test("is refused where the variable is not set", async () => {
    const ran = await replay(READING, ["--allow-env", "MY_SECRET", "--allow-env", "OTHER_ONE"], {
      env: { MY_SECRET: "abcdef" },
    });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("OTHER_ONE is not set");
  });

  test("is allowed by --allow-env and by the prefix GCIDEM_VAR_", async () => {
    const server = await countingServer();
    const ran = await replay(
      "steps:\n  - request: GET /x\n    headers: { X-A: $(env.MY_SECRET), X-B: $(env.GCIDEM_VAR_B) }\n",
      ["--target", server.url, "--allow-env", "MY_SECRET"],
      { env: { MY_SECRET: "first-value", GCIDEM_VAR_B: "second-value" } },
    );
    expect(ran.code).toBe(0);
    expect(server.seen[0]?.headers).toMatchObject({ "x-a": "first-value", "x-b": "second-value" });
    expect(journalOf(ran.cwd).length).toBeGreaterThan(3);
  });

  test("makes leave needed for writes even on loopback: such a value is a credential", async () => {
    const server = await countingServer();
    const ran = await replay(
      "steps:\n  - request: POST /x\n    text: $(env.GCIDEM_VAR_B)\n",
      ["--target", server.url],
      { env: { GCIDEM_VAR_B: "abcdef" } },
    );
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("--allow-writes");
    expect(server.connections()).toBe(0);
  });
});

test.each([
  [["--seed", "x"]],
  [["--seed", "-1"]],
  [["--seed", "4294967296"]],
  [["--timeout", "5"]],
  [["--timeout", "0s"]],
  [["--max-wait", "soon"]],
  [["--max-requests", "1.5"]],
  [["-H", "no colon s3cr3t-canary"]],
  [["-H", "Bad Name: x"]],
  [["-H", "X-A: a\nX-Evil: b"]],
  [["--policy", "forum-lor"]],
  [["--wait-for", "ftp://x"]],
])("%j is exit 2, and nothing is sent", async (flags) => {
  const server = await countingServer();
  const ran = await replay("steps:\n  - request: GET /\n", ["--target", server.url, ...flags]);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(/--?\w/);
  expect(ran.stderr).not.toContain("s3cr3t-canary");
  expect(server.connections()).toBe(0);
});

test("a missing policy file is exit 3", async () => {
  const cwd = workFolder();
  expect((await gcidem(["replay", "builtin:basics/stale-etag", "--policy", "no.yaml"], { cwd })).code).toBe(
    3,
  );
});
