import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  CONTROL_CHARACTERS,
  filesBelow,
  folderWith,
  gcidem,
  type Ran,
  replay,
  workFolder,
} from "./run-gcidem.js";
import { countingServer } from "./servers.js";

/** `it.yaml:LINE:COLUMN` of every problem, in the order in which they are told. */
function places(ran: Ran): readonly string[] {
  return [...ran.stderr.matchAll(/^it\.yaml:(\d+:\d+): /gm)].map(([, place = ""]) => place);
}

/** Runs it where a request could be sent, and sees that none is and that nothing is written. */
async function refused(scenario: string): Promise<Ran> {
  const server = await countingServer();
  const ran = await replay(scenario, ["--target", server.url]);
  expect(ran.code).toBe(3);
  expect(ran.stdout).toBe("");
  expect(ran.stderr).toContain("nothing was sent");
  expect(ran.stderr).not.toMatch(/\n {4}at |undefined|\[object /);
  expect(ran.stderr).not.toMatch(CONTROL_CHARACTERS);
  expect(server.connections()).toBe(0);
  expect(filesBelow(ran.cwd)).toEqual([join(ran.cwd, "it.yaml")]);
  return ran;
}

test("what a problem quotes of a file holds no credential", async () => {
  const { stderr } = await refused(
    "steps:\n  - request: GET http://joe:canary-1@x.example/a?access_token=canary-2\n",
  );
  expect(stderr).toContain("found `http://joe:<secret>@x.example/a?access_token=<secret>`");
});

const STEP = "  - id: a\n    request: GET /a\n";

/** name, scenario, where, words */
const MISTAKES: readonly (readonly [name: string, scenario: string, place: string, words: RegExp])[] = [
  ["a syntax error", "steps:\n  - request: 'GET /a\n", "2:14", /never closed/],
  ["a tab", "steps:\n\t- request: GET /a\n", "2:1", /tab/i],
  ["a member that stands twice", `name: a\nname: b\nsteps:\n${STEP}`, "2:1", /name/],
  ["an unknown field", `steps:\n${STEP}nmae: x\n`, "4:1", /nmae[\s\S]*name/],
  [
    "an unknown field of a step",
    "steps:\n  - request: GET /a\n    expects: { status: 200 }\n",
    "3:5",
    /expects[\s\S]*expect/,
  ],
  ["a wrong type", "steps: five\n", "1:8", /five/],
  ["a wrong status", `steps:\n${STEP}    expect: { status: 999 }\n`, "4:23", /999/],
  ["a request without a method", "steps:\n  - request: /a\n", "2:14", /METHOD \/path/],
  ["an unknown template name", "steps:\n  - request: GET /$(nowhere)\n", "2:19", /nowhere/],
  [
    "a template name that is nearly one",
    "vars: { order: 1 }\nsteps:\n  - request: GET /$(ordre)\n",
    "3:19",
    /ordre[\s\S]*order/,
  ],
  ["an unclosed template", "steps:\n  - request: GET /$(a\n", "2:19", /\$\(/],
  ["the template of a shell", "vars: { x: 1 }\nsteps:\n  - request: GET /${x}\n", "3:19", /\$\(x\)/],
  ["the template of a moustache", "vars: { x: 1 }\nsteps:\n  - request: GET /{{x}}\n", "3:19", /\$\(x\)/],
  [
    "a number that JSON would change",
    "steps:\n  - request: POST /a\n    json: { a: 1.0 }\n",
    "3:16",
    /1\.0[\s\S]*text:/,
  ],
  [
    "a number too long for a double",
    "steps:\n  - request: POST /a\n    json: { a: 12345678901234567890 }\n",
    "3:16",
    /12345678901234567890/,
  ],
  ["a step that repeats itself", "steps:\n  - id: a\n    repeat: a\n", "3:13", /a/],
  ["a repeat of what comes later", `steps:\n  - { id: b, repeat: a }\n${STEP}`, "2:22", /a/],
  ["a reread in a circle", "steps:\n  - id: a\n    request: GET /a\n    retry: { reread: a }\n", "4:22", /a/],
  [
    "a capture of a step that has not run",
    "steps:\n  - request: GET /$(b.x)\n  - id: b\n    request: GET /b\n    capture: { x: $.x }\n",
    "2:19",
    /b/,
  ],
  [
    "a capture that its step does not make",
    `steps:\n${STEP}    capture: { tag: header ETag }\n  - request: GET /$(a.tga)\n`,
    "5:19",
    /tga[\s\S]*tag/,
  ],
  ["two steps with one id", `steps:\n${STEP}${STEP}`, "4:9", /it\.yaml:2:9/],
  [
    "a literal credential",
    "steps:\n  - request: GET /a\n    headers: { Authorization: Bearer abcdef }\n",
    "3:16",
    /env/,
  ],
  [
    "a literal cookie among the defaults",
    `defaults: { headers: { cookie: a=b } }\nsteps:\n${STEP}`,
    "1:24",
    /cookie/,
  ],
  [
    "a JSONPath that RFC 9535 refuses",
    `steps:\n${STEP}    capture: { q: $.queue-name }\n`,
    "4:19",
    /\['queue-name'\]/,
  ],
  [
    "a comma that flow style split",
    "steps:\n  - { request: GET /a, b, expect: { status: 200 } }\n",
    "2:24",
    /quote the text/,
  ],
  ["a bracket that flow style split", "steps:\n  - { request: GET /a?x=[1] }\n", "2:25", /quote the text/],
  [
    "a file of bytes outside the folder",
    "steps:\n  - request: POST /a\n    bytesFrom: ../x\n",
    "3:16",
    /folder/,
  ],
  [
    "an absolute file of bytes",
    "steps:\n  - request: POST /a\n    bytesFrom: /etc/hostname\n",
    "3:16",
    /folder/,
  ],
  [
    "a file of bytes that is not there",
    "steps:\n  - request: POST /a\n    bytesFrom: x.bin\n",
    "3:16",
    /x\.bin/,
  ],
  ["a policy outside the folder", `policy: ../x.yaml\nsteps:\n${STEP}`, "1:9", /folder/],
  ["an unknown policy", `policy: forum-lor\nsteps:\n${STEP}`, "1:9", /forum-lore/],
  [
    "an unknown field of a policy",
    `policy: { idempotency: { tll: 1h } }\nsteps:\n${STEP}`,
    "1:26",
    /tll[\s\S]*ttl/,
  ],
  ["the mock's control path", "steps:\n  - request: POST /__gcidem/reset\n", "2:19", /control/],
  ["a duration without a unit", `steps:\n${STEP}  - wait: 5\n`, "4:11", /5s|15m/],
  [
    "a regular expression that is none",
    `steps:\n${STEP}    expect: { headers: { A: '/(/' } }\n`,
    "4:29",
    /regular expression/,
  ],
  ["no steps", "name: x\n", "1:1", /steps/],
  ["an empty list of steps", "steps: []\n", "1:8", /at least 1 entry/],
  ["a scenario that is a list", "- a\n", "1:1", /map|list/],
  ["two documents in one file", `steps:\n${STEP}---\nsteps:\n${STEP}`, "4:1", /document/],
  [
    "a wait for a principal that is not there",
    "world: { principals: { reader: {} } }\nsteps:\n  - request: GET /a\n    as: raeder\n",
    "4:9",
    /raeder[\s\S]*reader/,
  ],
  ["a reserved name", `vars: { env: 1 }\nsteps:\n${STEP}`, "1:9", /env/],
  ["a cause that there is not", `steps:\n${STEP}    expect: { cause: stale-etags }\n`, "4:22", /stale-etag/],
];

describe("each mistake is told with its place, what was found and what to do; nothing is sent", () => {
  test.each(MISTAKES)("%s", async (_name, scenario, place, words) => {
    const ran = await refused(scenario);
    expect(places(ran)).toEqual([place]);
    expect(ran.stderr).toMatch(words);
  });

  test("all of a file's mistakes at once, in its order, without the parser's follow-ups", async () => {
    const ran = await refused(`nmae: x
vars:
  key: \${uuid}
steps:
  - id: a
    request: GET /$(nowhere)
    expect: { status: 999 }
  - id: a
    request: POST /b
    headers: { Authorization: Basic eA== }
    json: { n: 1.0 }
`);
    expect(places(ran)).toEqual(["1:1", "3:8", "6:19", "7:23", "8:9", "10:16", "11:16"]);
    expect(ran.stderr).toContain("it.yaml: 7 problems; nothing was sent");
  });

  test("all files' mistakes at once", async () => {
    const cwd = folderWith({
      "a.yaml": "steps: 1\n",
      "good.yaml": `steps:\n${STEP}`,
      "z.yaml": "stepps: 1\n",
    });
    const ran = await gcidem(["replay", "."], { cwd });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain("a.yaml:1:8");
    expect(ran.stderr).toContain("z.yaml:1:1");
    expect(ran.stderr).toContain("2 files");
  });
});

describe("another host, in each spelling", () => {
  test.each([
    "//evil.example/x",
    "\\\\evil.example/x",
    "/\\evil.example/x",
    "\\/evil.example/x",
    "http://evil.example/x",
    "https:evil.example/x",
    "user@evil.example/x",
    "//user@evil.example/x",
  ])("GET %s", async (path) => {
    expect(places(await refused(`steps:\n  - request: GET ${path}\n`))).toEqual(["2:18"]);
  });
});

describe("what a policy cannot mean", () => {
  test("a value that the mock does not know is an error, never ignored", async () => {
    const ran = await refused(`policy: { unique: [{ on: users.mail }] }\nsteps:\n${STEP}`);
    expect(ran.stderr).toContain("did you mean `users.email`?");
    expect(places(ran)).toEqual(["1:26"]);
  });

  test("nor is what a policy says to no effect", async () => {
    const policy = "{ extends: none, concurrency: { absent: { status: 428 } } }";
    const ran = await refused(`policy: ${policy}\nsteps:\n${STEP}`);
    expect(ran.stderr).toContain("absent never comes to bear here: validator is none");
    expect(places(ran)).toEqual(["1:49"]);
  });
});

describe("files that are no scenarios", () => {
  test("missing, empty, blank, a folder without any, not text", async () => {
    const cwd = folderWith({
      "empty.yaml": "",
      "blank.yaml": "\n# nothing\n",
      "none/readme.md": "",
      "latin.yaml": Buffer.from([0x6e, 0xe4, 0x0a]),
    });
    for (const name of ["missing.yaml", "empty.yaml", "blank.yaml", "none", "latin.yaml"]) {
      for (const command of ["replay", "validate"]) {
        const ran = await gcidem([command, name], { cwd });
        expect([command, name, ran.code]).toEqual([command, name, 3]);
        expect(ran.stderr).toContain(name);
      }
    }
    expect(filesBelow(cwd).length).toBe(4);
  });

  test("50 MB, as a file and on standard input", async () => {
    const cwd = folderWith({ "it.yaml": Buffer.alloc(50_000_000, "steps:\n") });
    const file = await gcidem(["replay", "it.yaml"], { cwd });
    expect(file.code).toBe(3);
    expect(file.stderr).toContain("50000000 bytes");
    const piped = await gcidem(["replay", "-"], { cwd, input: Buffer.alloc(50_000_000, "steps:\n") });
    expect(piped.code).toBe(3);
    expect(piped.stderr).toContain("nothing was sent");
  });

  test("a device that never ends; a pipe is read as a file is", async () => {
    expect((await gcidem(["validate", "/dev/zero"])).code).toBe(3);
    const cwd = folderWith({ "good.yaml": `steps:\n${STEP}` });
    const pipe = await gcidem(["validate", "."], { cwd, shell: 'mkfifo pipe.yaml && exec "$@"' });
    expect([pipe.code, pipe.stdout]).toEqual([0, "good.yaml: ok (scenario, 1 step)\n"]);
    const shell = `exec "$@" validate <(printf 'steps: [{ request: GET /a }]\\n')`;
    const ran = await gcidem([], { shell });
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining(": ok (scenario, 1 step")]);
  });

  test("anchors that explode, and deep nesting, end in bounded time", async () => {
    const lol = ["a: &a [x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < 12; level++) {
      const [name, before] = [String.fromCharCode(97 + level), String.fromCharCode(96 + level)];
      lol.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(", ")}]`);
    }
    await refused(`${lol.join("\n")}\nsteps: *l\n`);
    await refused(`steps: ${"[".repeat(100_000)}\n`);
    await refused(`steps:\n  - request: POST /a\n    json: ${"[".repeat(5_000)}${"]".repeat(5_000)}\n`);
  }, 60_000);

  test("a file of bytes that a link leads outside, and one that is a folder", async () => {
    const outside = folderWith({ "secret.txt": "s3cr3t-canary" });
    const cwd = workFolder();
    symlinkSync(join(outside, "secret.txt"), join(cwd, "link.bin"));
    mkdirSync(join(cwd, "folder"));
    const server = await countingServer();
    for (const name of ["link.bin", "folder"]) {
      const ran = await replay(
        `steps:\n  - request: GET /first\n  - request: POST /a\n    bytesFrom: ${name}\n`,
        ["--target", server.url],
        { cwd },
      );
      expect(ran.code).toBe(3);
      expect(places(ran)).toEqual(["4:16"]);
      expect(ran.stderr).not.toContain("s3cr3t-canary");
    }
    expect(server.connections()).toBe(0);
  });

  test.each([
    ["curl", "it.sh", "curl -X POST https://api.example.com/v1/orders -d '{}'\n"],
    ["HAR", "it.har", '{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[]}}\n'],
    [
      "Postman",
      "it.json",
      '{"info":{"name":"x","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[]}\n',
    ],
  ])("a %s file gets the command that reads it", async (_what, name, content) => {
    const cwd = folderWith({ [name]: content });
    const ran = await gcidem(["replay", name], { cwd });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain(`gcidem import ${name}`);
  });
});

test("control characters of a file do not reach the terminal with its mistakes", async () => {
  const cwd = folderWith({ "it.yaml": 'steps:\n  - request: GET /a\n    "ex\\e[31m\\u202epect\\x9b": 1\n' });
  writeFileSync(join(cwd, "bad\u001b[31m.yaml"), "steps: 1\n");
  for (const command of ["replay", "validate"]) {
    const ran = await gcidem([command, "."], { cwd });
    expect(ran.code).toBe(3);
    expect(ran.stdout + ran.stderr).not.toMatch(CONTROL_CHARACTERS);
  }
  writeFileSync(join(cwd, "good\u001b[31m.yaml"), `steps:\n${STEP}`);
  expect((await gcidem(["validate", "."], { cwd })).stdout).not.toMatch(CONTROL_CHARACTERS);
});
