import { expect, test } from "vitest";
import { folderWith, gcidem, replay } from "./run-gcidem.js";
import { httpServer } from "./servers.js";

const SCENARIO = `
name: The very same order with a rather long name, sent a second time with one member changed in its body
policy: forum-lore
vars: { key: $(uuid()), c: $(uuid()), p: $(uuid()) }
steps:
  - id: first-of-them-all
    request: PATCH /api/v2/conversations/calls/$(c)/participants/$(p)/attributes
    idempotencyKey: $(key)
    json: { attributes: { queue-name: support-tier-2, note: an attribute whose value is longer than a line of a terminal is wide and which is therefore folded } }
    expect: { status: 200 }
  - id: mutated
    repeat: first-of-them-all
    mutate: [{ patch: [{ op: replace, path: /attributes/queue-name, value: other }] }]
    expect: { status: 200 }
`;

const COLOR = /\u001b\[/;

function widest(text: string): number {
  return Math.max(...text.split("\n").map((line) => [...line].length));
}

test.each([40, 80, 200])(
  "at %i columns no line is wider, but for what is meant to be copied whole",
  async (columns) => {
    const ran = await replay(SCENARIO, [], { env: { COLUMNS: String(columns) } });
    const lines = ran.stdout
      .split("\n")
      .filter((line) => !/curl|-H |-d |--data|[0-9a-f]{8}-[0-9a-f]{4}|\.gcidem/.test(line));
    expect(widest(lines.join("\n"))).toBeLessThanOrEqual(columns);
    expect(ran.stdout).toMatch(/expected\s+status\s+200\s+\(it\.yaml:\d+:\d+\),\s+got\s+409/);
    if (columns === 200) expect(widest(ran.stdout)).toBeGreaterThan(80);
  },
);

test("piped: 80 columns, no colour, no progress, nothing on stderr", async () => {
  const ran = await replay(SCENARIO, [], { env: { NO_COLOR: "" } });
  expect(ran.stdout).not.toMatch(COLOR);
  expect(ran.stderr).toBe("");
});

test("colour: FORCE_COLOR turns it on, --no-color and NO_COLOR off", async () => {
  const coloured = await replay(SCENARIO, [], { env: { NO_COLOR: "", FORCE_COLOR: "1" } });
  expect(coloured.stdout).toMatch(COLOR);
  for (const [flags, env] of [
    [["--no-color"], { NO_COLOR: "", FORCE_COLOR: "1" }],
    [[], { NO_COLOR: "1", FORCE_COLOR: "1" }],
    [[], { NO_COLOR: "", FORCE_COLOR: "0" }],
  ] as const) {
    expect((await replay(SCENARIO, flags, { env })).stdout).not.toMatch(COLOR);
  }
  const json = await replay(SCENARIO, ["--reporter", "json"], { env: { NO_COLOR: "", FORCE_COLOR: "1" } });
  expect(json.stdout).not.toMatch(COLOR);
});

test("without UTF-8 every mark has a plain twin", async () => {
  const ran = await replay(SCENARIO, [], { env: { LANG: "C" } });
  expect(ran.stdout).toMatch(/^[\x20-\x7e\n]*$/);
});

test("--quiet keeps warnings and progress back; errors and the report are still told", async () => {
  const { url } = await httpServer((_request, response) => response.end("{}"));
  const warning = "steps:\n  - request: GET /\n    capture: { x: $.nothing }\n";
  const loud = await replay(warning, ["--target", url]);
  expect(loud.stderr).toContain("$.nothing");
  const quiet = await replay(warning, ["--target", url, "--quiet"]);
  expect(quiet.stderr).toBe("");
  expect(quiet.stdout).toContain("1 request");
  expect((await replay("steps: 1\n", ["--quiet"])).stderr).toContain("it.yaml:1:8");
});

test("--verbose tells more", async () => {
  const described = SCENARIO.replace("policy:", "description: What a reader should learn.\npolicy:");
  const plain = await replay(described);
  const verbose = await replay(described, ["--verbose"]);
  expect(plain.stdout).not.toContain("What a reader should learn.");
  expect(verbose.stdout).toContain("What a reader should learn.");
  expect(verbose.stdout.length).toBeGreaterThan(plain.stdout.length);
});

test.each([
  ["a pipe that closes at once", '"$@" | head -1 >&2; exit "${PIPESTATUS[0]}"'],
  ["nobody reading at all", '"$@" | true; exit "${PIPESTATUS[0]}"'],
  ["standard output closed", '"$@" >&-'],
])("%s ends the output, not the verdict", async (_what, shell) => {
  for (const reporter of ["terminal", "json"]) {
    const ran = await replay(SCENARIO, ["--reporter", reporter], { shell });
    expect(ran.code).toBe(1);
    expect(ran.stderr).not.toMatch(/bug|EPIPE|EBADF| {4}at /);
  }
});

test("a full disk under standard output is exit 2", async () => {
  for (const args of [
    ["replay", "it.yaml"],
    ["replay", "it.yaml", "--reporter", "json"],
    ["--version"],
    ["--help"],
    ["validate", "it.yaml"],
  ]) {
    const cwd = folderWith({ "it.yaml": "steps:\n  - request: GET /api/v2/users/me\n" });
    const ran = await gcidem(args, { cwd, shell: '"$@" > /dev/full' });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("cannot write to standard output");
    expect(ran.stderr).not.toContain("    at ");
  }
});
