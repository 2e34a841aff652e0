import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { harText, specEntry } from "../intake/recorders.js";
import { folderWith, gcidem } from "./run-gcidem.js";

const ORDERS = "https://api.example.com/v1/orders";
const CURL = `$ curl -X PUT ${ORDERS}/7 -H 'Authorization: Bearer s3cret-canary' -H 'Content-Type: application/json' \\
> -H 'Idempotency-Key: 2f6c1a52-8e0b-4a8c-9b6e-0c6f0f6a7d11' -d '{"state":"paid"}' --insecure
`;
const HAR = harText([specEntry({ url: `${ORDERS}/7`, status: 409 })]);
const POSTMAN = JSON.stringify({
  info: { _postman_id: "1", schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
  item: [{ name: "read", request: "{{base}}/orders/7" }],
});
const HTTP = "GET https://api.example.com/v1/orders/7\n";
const FILES = { "orders.sh": CURL, "export.har": HAR, "collection.json": POSTMAN, "orders.http": HTTP };

describe("gcidem import", () => {
  test.each(Object.keys(FILES))(
    "of %s writes a scenario that is valid and runs on the mock",
    async (name) => {
      const cwd = folderWith(FILES);
      const { code, stdout, stderr } = await gcidem(["import", name, "-o", "it.yaml"], { cwd });
      expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
      expect(stderr).toMatch(/^next: {2}gcidem replay it\.yaml$/m);
      expect(await gcidem(["validate", "it.yaml"], { cwd })).toMatchObject({ code: 0 });
      expect(await gcidem(["replay", "it.yaml"], { cwd })).toMatchObject({ code: 0 });
    },
  );

  test("says where it replaced a scenario that somebody may have changed", async () => {
    const cwd = folderWith({ ...FILES, "it.yaml": "name: mine\n" });
    const [first, second] = [
      await gcidem(["import", "orders.http", "-o", "it.yaml"], { cwd }),
      await gcidem(["import", "orders.http", "-o", "it.yaml"], { cwd }),
    ];
    expect(first.stderr).toContain("it.yaml: replaced, it held something else");
    expect(second.stderr).not.toContain("replaced");
  });

  test("asks for credentials as they were sent: a login's, and a header's of the API's own", async () => {
    const cwd = folderWith({
      "it.sh": `curl -u joe:s3cret-canary -H 'X-Gitlab-Token: t0ken-canary' ${ORDERS}/7\n`,
    });
    const { stdout, stderr } = await gcidem(["import", "it.sh"], { cwd });
    expect(stdout + stderr).not.toMatch(/canary/);
    expect(stderr).toContain('-H "Authorization: Basic $BASIC" -H "X-Gitlab-Token: $X_GITLAB_TOKEN"');
  });

  test("says what it left out with the line, and the command for the server, and writes no credential", async () => {
    const cwd = folderWith(FILES);
    const { stdout, stderr } = await gcidem(["import", "orders.sh"], { cwd });
    expect(stdout).toContain("request: PUT /v1/orders/7");
    expect(stdout + stderr).not.toContain("s3cret-canary");
    expect(stderr).toContain("orders.sh:2: --insecure is left out");
    expect(stderr).toContain(
      'gcidem replay scenario.yaml --target https://api.example.com -H "Authorization: Bearer $TOKEN" --var key="$(uuidgen)" --allow-writes',
    );
  });

  test("reads standard input, and writes to standard output what replay reads from it", async () => {
    const { code, stdout } = await gcidem(["import", "-", "--quiet"], { input: CURL });
    expect(code).toBe(0);
    expect(await gcidem(["replay", "-"], { input: stdout })).toMatchObject({ code: 0 });
  });

  test("of a run sends the same again: diff finds nothing", async () => {
    const cwd = folderWith({});
    await gcidem(["replay", "builtin:basics/mutated-body", "--out", "one"], { cwd });
    expect(await gcidem(["import", "last", "--out", "one", "-o", "again.yaml"], { cwd })).toMatchObject({
      code: 0,
    });
    await gcidem(["replay", "again.yaml", "--out", "two"], { cwd });
    const [one, two] = [join("one", runIn(join(cwd, "one"))), join("two", runIn(join(cwd, "two")))];
    const { code, stdout } = await gcidem(["diff", one, two, "--exact", "tokens"], { cwd });
    expect(stdout).toContain("4 pairs");
    expect(code).toBe(0);
  });

  test("keeps bytes beside the scenario, so it needs -o for them", async () => {
    const cwd = folderWith({
      "it.sh": `curl ${ORDERS} --data-binary @a.bin`,
      "a.bin": new Uint8Array([0, 255]),
    });
    expect(await gcidem(["import", "it.sh"], { cwd })).toMatchObject({ code: 2, stdout: "" });
    expect(await gcidem(["import", "it.sh", "-o", "mine.yaml"], { cwd })).toMatchObject({ code: 0 });
    expect([...readFileSync(join(cwd, "mine-body-1.txt"))]).toEqual([0, 255]);
    expect(await gcidem(["replay", "mine.yaml"], { cwd })).toMatchObject({ code: 0 });
  });

  test("reads no file outside of the paste's own folder", async () => {
    const cwd = folderWith({
      "in/it.sh": `curl ${ORDERS} -d @../secret.txt -d @/etc/hostname`,
      "secret.txt": "canary",
    });
    const { stdout, stderr } = await gcidem(["import", "in/it.sh"], { cwd });
    expect(stdout).not.toContain("canary");
    expect(stderr.match(/only files beside the source are read/g)).toHaveLength(2);
  });

  test.each([
    ["a file that is not there", ["gone.sh"], 3, "there is no such file and no such run"],
    ["a scenario", ["mine.yaml"], 3, "this is a scenario already"],
    ["itself as output", ["orders.sh", "-o", "orders.sh"], 2, "is what is imported"],
    ["an output that cannot be written", ["orders.sh", "-o", "no/such/folder.yaml"], 2, "cannot write"],
  ])("refuses %s", async (_name, args, expected, words) => {
    const cwd = folderWith({ ...FILES, "mine.yaml": "steps:\n  - request: GET /\n" });
    const { code, stdout, stderr } = await gcidem(["import", ...args], { cwd });
    expect({ code, stdout }).toEqual({ code: expected, stdout: "" });
    expect(stderr).toContain(words);
    expect(readFileSync(join(cwd, "orders.sh"), "utf8")).toBe(CURL);
  });

  test.each(["replay", "validate"])("is what %s names for each of the formats", async (command) => {
    const cwd = folderWith(FILES);
    for (const [name, format] of [
      ["orders.sh", "curl"],
      ["export.har", "a HAR file"],
      ["collection.json", "a Postman collection"],
      ["orders.http", "an .http file"],
    ] as const) {
      const { code, stderr } = await gcidem([command, name], { cwd });
      expect(code).toBe(3);
      expect(stderr).toContain(`this is ${format}: gcidem import ${name}`);
    }
  });
});

function runIn(folder: string): string {
  return readdirSync(folder).find((name) => existsSync(join(folder, name, "journal.ndjson"))) ?? "";
}

const DOCUMENT = "docs/i-have-a-409.md";
const SHOWN =
  /<!-- import: (\S+) -->\n```sh\n([\s\S]*?)```([\s\S]*?<!-- imported -->\n```yaml\n)([\s\S]*?)```([\s\S]*?<!-- said -->\n```\n)([\s\S]*?)```/;

test("docs/i-have-a-409.md shows what import really writes", async () => {
  const text = readFileSync(DOCUMENT, "utf8");
  const [, name = "", source = "", , yaml, , said] = SHOWN.exec(text) ?? [];
  const cwd = folderWith({ [name]: source });
  const { stderr } = await gcidem(["import", name, "-o", "mine.yaml"], { cwd });
  const made = readFileSync(join(cwd, "mine.yaml"), "utf8");
  if (process.env.UPDATE_GOLDEN === "1") {
    writeFileSync(
      DOCUMENT,
      text.replace(SHOWN, (_all, file: string, sh: string, first: string, _yaml: string, second: string) => {
        return `<!-- import: ${file} -->\n\`\`\`sh\n${sh}\`\`\`${first}${made}\`\`\`${second}${stderr}\`\`\``;
      }),
    );
    return;
  }
  expect(yaml).toBe(made);
  expect(said).toBe(stderr);
});
