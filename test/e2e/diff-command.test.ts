import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { startMock } from "../../src/mock/start-mock.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { harText, specEntry } from "../intake/recorders.js";
import { atEnd, folderWith, gcidem, workFolder } from "./run-gcidem.js";

const SCENARIO = "builtin:basics/mutated-body";

const ATTRIBUTES =
  "PATCH /api/v2/conversations/8e03f6d2-0a51-4c7e-9b1d-6f2a3c4d5e6f/participants/51ab0c1d-7a3b-4a55-9a3e-6f1b7c20d1a1/attributes";
const LORE = `name: One key, two bodies
policy: forum-lore
vars: { key: $(uuid()) }
steps:
  - { id: first, request: "${ATTRIBUTES}", idempotencyKey: $(key), json: { attributes: { tier: silver } } }
  - { id: other, request: "${ATTRIBUTES}", idempotencyKey: $(key), json: { attributes: { tier: gold } } }
  - { id: control, request: "${ATTRIBUTES}", idempotencyKey: $(uuid()), json: { attributes: { tier: gold } } }
`;

function runsIn(cwd: string, folder = ".gcidem/runs"): readonly string[] {
  return readdirSync(join(cwd, folder)).filter((name) => name !== ".gitignore");
}

function order(status: number, id: string): object {
  return specEntry({
    ...{ method: "PUT", url: `http://127.0.0.1:9/v1/orders/${id}`, body: '{"sku":"A1"}', status },
    at: "2026-11-21T22:37:05.118Z",
    headers: [["Content-Type", "application/json"]],
    answer: JSON.stringify({ id }),
  });
}

describe("gcidem diff", () => {
  test("of two runs that came to the same exits 0 and lists what it took as one", async () => {
    const cwd = workFolder();
    await gcidem(["replay", SCENARIO], { cwd });
    const [first = ""] = runsIn(cwd);
    await gcidem(["replay", SCENARIO, "--seed", "7"], { cwd });
    const { code, stdout, stderr } = await gcidem(["diff", first, "last"], { cwd });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("4 pairs of exchanges, all the same");
    expect(stdout).toMatch(/taken as one {2}\d+ ids/);
    const exact = await gcidem(["diff", first, "last", "--exact", "ids"], { cwd });
    expect(exact.code).toBe(1);
  });

  test("of runs under two policies shows statuses, causes and bodies, and its JSON fits the schema", async () => {
    const cwd = workFolder();
    await gcidem(["replay", SCENARIO], { cwd });
    await gcidem(["replay", SCENARIO, "--policy", "documented", "--out", "other"], { cwd });
    const [run = ""] = runsIn(cwd);
    const [other = ""] = runsIn(cwd, "other");
    const words = ["diff", run, join("other", other)];
    const { code, stdout } = await gcidem([...words, "--reporter", "terminal", "--reporter", "json=d.json"], {
      cwd,
    });
    expect(code).toBe(1);
    expect(stdout).toContain("4 of 4 pairs of exchanges differ");
    expect(stdout).toContain("status  409 -> 202");
    expect(stdout).toContain("key-reused-body-changed -> none");
    const schema = JSON.parse(readFileSync("scenarios/report.schema.json", "utf8")) as object;
    const validate = new Ajv2020({ strict: false }).compile(schema);
    const report = JSON.parse(readFileSync(join(cwd, "d.json"), "utf8")) as {
      readonly runs: readonly { readonly comparisons: readonly { readonly different: number }[] }[];
    };
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    expect(report.runs[0]?.comparisons[0]?.different).toBe(4);
  });

  test("of two HAR files pairs requests by method and path, whatever the ids", async () => {
    const cwd = folderWith({
      "a.har": harText([order(200, "17"), order(200, "18")]),
      "b.har": harText([order(200, "91"), order(409, "92")]),
    });
    const { code, stdout } = await gcidem(["diff", "a.har", "b.har"], { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain("1 of 2 pairs of exchanges differ");
    expect(stdout).toContain("PUT /v1/orders/…, no. 2");
    const same = await gcidem(["diff", "a.har", "a.har"], { cwd });
    expect(same.code).toBe(0);
  });

  test("of recordings keeps no run, so that last is still the last run, and hides what a config file hides", async () => {
    const cwd = folderWith({
      "a.har": harText([order(200, "canary-17")]),
      "gcidem.config.yaml": "redaction: { members: [id] }\n",
    });
    const { code, stdout } = await gcidem(["diff", "a.har", "-", "--reporter", "json"], {
      cwd,
      input: harText([order(409, "canary-17")]),
    });
    expect([code, existsSync(join(cwd, ".gcidem"))]).toEqual([1, false]);
    expect(stdout).toContain('"body":"{\\"id\\":\\"<secret:1>\\"}"');
    expect(stdout).not.toContain("gcidem-diff-");
  });

  test("of runs of two scenarios says so, and compares what has the same place", async () => {
    const cwd = workFolder();
    await gcidem(["replay", SCENARIO], { cwd });
    await gcidem(["replay", "builtin:basics/stale-etag", "--out", "other"], { cwd });
    const { code, stdout } = await gcidem(
      ["diff", runsIn(cwd)[0] ?? "", `other/${runsIn(cwd, "other")[0]}`],
      {
        cwd,
      },
    );
    expect(code).toBe(1);
    expect(stdout).toContain("two scenarios:");
    expect(stdout).toContain("only there");
  });

  test.each([
    [["--exact", "token"], 'found "token", expected ids, dates, tokens'],
    [["--ignore", "etag"], "expected a header or a JSON Pointer"],
    [["--match", "/a=(["], "--match:"],
    [["--match", "/a"], "expected PLACE=PATTERN"],
  ])("%j is a wrong flag", async (flags, words) => {
    const { code, stderr } = await gcidem(["diff", "a", "b", ...flags], { cwd: workFolder() });
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  test("of a run that is not there says which there are", async () => {
    const { code, stderr } = await gcidem(["diff", "nothing", "last"], { cwd: workFolder() });
    expect(code).toBe(3);
    expect(stderr).toContain("nothing: there is no such file and no such run");
  });

  test("is told in every format that a run is", async () => {
    const cwd = folderWith({
      "a.har": harText([order(200, "17")]),
      "b.har": harText([order(409, "17")]),
    });
    const names = ["json", "junit", "markdown", "github", "har", "html"];
    const flags = names.flatMap((name) => ["--reporter", `${name}=d.${name}`]);
    const { code, stderr } = await gcidem(["diff", "a.har", "b.har", ...flags], { cwd });
    expect([code, stderr]).toEqual([1, ""]);
    for (const name of ["markdown", "junit", "html"])
      expect(readFileSync(join(cwd, `d.${name}`), "utf8")).toMatch(
        /200\s*(?:->|-&gt;|→)\s*409|200.{0,200}409/s,
      );
  });

  test("never writes over a run that it compares", async () => {
    const cwd = folderWith({ "a.har": harText([order(200, "17")]) });
    const { code, stderr } = await gcidem(["diff", "a.har", "a.har", "--reporter", "json=a.har"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("would overwrite a run");
  });
});

describe("a baseline", () => {
  test("that a run comes to again is no difference, and one that it does not is exit 1", async () => {
    const cwd = workFolder();
    await gcidem(["replay", SCENARIO, "--out", "baseline"], { cwd });
    const same = await gcidem(["replay", SCENARIO, "--baseline", "baseline", "--seed", "3"], { cwd });
    expect([same.code, same.stderr]).toEqual([0, ""]);
    expect(same.stdout).toContain("4 pairs of exchanges, all the same");
    const other = await gcidem(["replay", SCENARIO, "--baseline", "baseline", "--policy", "stripe-like"], {
      cwd,
    });
    expect(other.code).toBe(1);
    expect(other.stdout).toMatch(/against +baseline /);
  });

  test("without a run of a scenario is an error before anything is sent", async () => {
    const cwd = workFolder();
    await gcidem(["replay", SCENARIO, "--out", "baseline"], { cwd });
    const { code, stderr } = await gcidem(["replay", "builtin:basics/stale-etag", "--baseline", "baseline"], {
      cwd,
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/no run of ".+"; nothing was sent/);
  });
});

describe("--against", () => {
  test("runs the scenario there too, and shows where the two differ", async () => {
    const cwd = workFolder();
    const { code, stdout } = await gcidem(["replay", SCENARIO, "--against", "mock"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/against +mock\n.*4 pairs of exchanges, all the same/);
    expect(runsIn(cwd)).toHaveLength(2);
  });

  test.each([
    ["nowhere", '--against: there is no "nowhere"; nothing was sent'],
    ["http://", '--against: found "http://", expected mock or a URL'],
    ["mock+http://10.0.0.1", '--against: found "10.0.0.1", expected a mock on this machine'],
  ])("%s is refused by the flag's own name", async (name, message) => {
    const cwd = workFolder();
    const { code, stderr } = await gcidem(["replay", SCENARIO, "--against", name], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync(join(cwd, ".gcidem"))).toBe(false);
  });

  test("says what a config file has for it that is passed over, and what is common to all targets once", async () => {
    const profile = (name: string): string =>
      `  ${name}: { kind: http, baseUrl: 'http://127.0.0.1:1', allowedHosts: [x.example] }\n`;
    const config = `profiles:\n${profile("one")}${profile("other")}allowedEnv: [ANY]\n`;
    const cwd = folderWith({ "gcidem.config.yaml": config });
    const args = ["--target", "one", "--against", "other", "--read-only"];
    const { stderr } = await gcidem(["replay", SCENARIO, ...args], { cwd });
    expect(stderr.match(/config.yaml:[23]:\d+: allowedHosts/g)).toHaveLength(2);
    expect(stderr.match(/allowedEnv/g)).toHaveLength(1);
  });

  test("mock says which dimensions of the mock's policy a server does not keep, and on which route", async () => {
    const server = await startMock({ policy: presetPolicy("documented"), seed: 1, port: 0 });
    atEnd(() => server.close());
    const target = ["--target", server.url, "-H", `Authorization: Bearer ${server.token(null, "valid")}`];
    const leave = ["--allow-writes", "--yes"];
    const { code, stdout } = await gcidem(["replay", "lore.yaml", ...target, ...leave, "--against", "mock"], {
      cwd: folderWith({ "lore.yaml": LORE }),
    });
    expect(code).toBe(1);
    const words = stdout.replace(/\s+/g, " ");
    expect(words).toContain(
      "idempotency.mismatch on PATCH /api/v2/conversations/…/participants/…/attributes: the mock answered 409 (key-reused-body-changed), this server answered 202",
    );
    expect(words).toContain("success.status on PATCH");
  });
});
