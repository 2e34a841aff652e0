import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { configPage, configRows } from "../../scripts/config-page.js";
import { configJsonSchema } from "../../scripts/json-schemas.js";
import { checkConfig } from "../../src/config/check-config.js";

function problemsOf(text: string): readonly string[] {
  return checkConfig(text, "c.yaml").problems.map(
    ({ at, message, hint }) => `${at.line}:${at.column} ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
}

const validate = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true }).compile(
  configJsonSchema(),
);
const page = readFileSync("docs/config.md", "utf8");
const [, example = ""] = /```yaml config\n([\s\S]*?)```/.exec(page) ?? [];

describe("a mistake in a config file is told with its place, what was found and what was expected", () => {
  test.each([
    [
      "profiles:\n  a: { kind: http, baseURL: https://a.example }",
      "2:20 found the unknown field `baseURL`, expected description, extends",
      "(did you mean `baseUrl`?)",
    ],
    ["profile: {}", "1:1 found the unknown field `profile`", "(did you mean `profiles`?)"],
    [
      "profiles:\n  a: { kind: genesys, region: eu-cental-1 }",
      "2:31 found the region `eu-cental-1`, which is unknown",
      "(did you mean `eu-central-1`?)",
    ],
    [
      "profiles:\n  a: { kind: genesys, region: login.mypurecloud.de }",
      "found the region `login.mypurecloud.de`, which is unknown",
      "(did you mean `mypurecloud.de`?)",
    ],
    ["profiles:\n  a: { region: mypurecloud.de }", "2:3 `kind` is missing, expected genesys or http", ""],
    [
      "profiles:\n  a: { kind: http, region: mypurecloud.de }",
      "2:20 found `region`, which a profile of kind http does not have",
      "",
    ],
    [
      "profiles:\n  a: { kind: genesys, baseUrl: https://a.example }",
      "found `baseUrl`, which a profile of kind genesys does not have",
      "gateway",
    ],
    ["profiles:\n  mock: { kind: http }", "found the name `mock`, expected a name of letters", ""],
    ["profiles:\n  a: { kind: http, maxRate: 0 }", "found the number 0, expected at least 1", ""],
    ["profiles:\n  a: { kind: http, baseUrl: 'https://a.example:99999' }", "expected an http(s) URL", ""],
    ["subject:\n  - { path: '/o/{id}', resource: 'o:{key}' }", "found `{key}`, expected {id}", ""],
    [
      "subject:\n  - { path: '/o/:id/lines', resource: o }",
      "found the segment `:id`, which stands for itself here",
      "a changing segment has a name in braces: {id}",
    ],
    [
      "subject:\n  - { path: '/o/x{id}', resource: 'o' }",
      "expected whole segments in braces, each with a name of its own",
      "",
    ],
    ["profiles:\n  a: { kind: http\n", "found `{` that is never closed, expected `}` before", ""],
    [
      "subject:\n  - { path: '/o', resource: o, version: rev }",
      "expected a JSON Pointer such as /meta/rev",
      "",
    ],
    [
      "profiles:\n  a:\n    kind: http\n    credentials:\n      client: { clientId: x, clientSecret: { secretFrom: { env: S } } }",
      "`tokenUrl` is missing, expected where tokens are given",
      "",
    ],
    [
      "profiles:\n  a:\n    kind: http\n    credentials: { bearer: { secretFrom: { env: A, file: b } } }",
      "found `env` and `file` together, expected exactly one of env, file and command",
      "",
    ],
  ])("%s", (text, found, hint) => {
    const said = problemsOf(text).join("\n");
    expect(said).toContain(found);
    expect(said).toContain(hint);
  });

  test("all of them at once, in whatever profiles they are", () => {
    const said = problemsOf(
      "profiles:\n  a: { kind: htp }\n  b: { kind: http, extends: c }\n  c: { kind: genesys, region: mars }\nalowedEnv: [A]",
    );
    expect(said.map((each) => each.split(" ", 1)[0])).toEqual(
      expect.arrayContaining(["2:14", "3:14", "4:31", "5:1"]),
    );
  });
});

describe("extends", () => {
  test("of a profile that is not there names those that are", () => {
    expect(problemsOf("profiles:\n  prod: { kind: http }\n  test: { extends: prd }")).toEqual([
      "3:20 found `prd`, expected the name of another profile of this file (did you mean `prod`?)",
    ]);
  });

  test("in a circle is told once for each profile of the circle, and ends", () => {
    const text =
      "profiles:\n  a: { kind: http, extends: b }\n  b: { extends: c }\n  c: { extends: a }\n  d: { extends: a }";
    expect(problemsOf(text)).toEqual([
      "4:17 found `a`, which leads back to where it began: a extends b extends c extends a",
      "2:29 found `b`, which leads back to where it began: b extends c extends a extends b",
      "3:17 found `c`, which leads back to where it began: c extends a extends b extends c",
    ]);
  });

  test("of itself is a circle", () => {
    expect(problemsOf("profiles:\n  a: { kind: http, extends: a }").join()).toContain("a extends a");
  });

  test("may not change the kind", () => {
    const text = "profiles:\n  a: { kind: http }\n  b: { kind: genesys, extends: a }";
    expect(problemsOf(text).join()).toContain(
      "found the kind genesys, but the profile that it extends is of kind http",
    );
  });
});

describe("a secret that stands in the file is refused with the reason, and never repeated", () => {
  const CANARY = "canary-5f3a9c";
  test.each([
    `credentials: { bearer: ${CANARY} }`,
    `credentials: { basic: { username: u, password: ${CANARY} } }`,
    `credentials: { header: { name: X-Api-Key, value: ${CANARY} } }`,
    `credentials: { client: { clientId: a, tokenUrl: https://l.example, clientSecret: ${CANARY} } }`,
    `proxy: { url: http://p.example, username: u, password: ${CANARY} }`,
    `headers: { Authorization: Bearer ${CANARY} }`,
    `headers: { X-Api-Key: ${CANARY} }`,
    `headers: { X-Auth: ${CANARY} }`,
  ])("%s", (field) => {
    const said = problemsOf(`profiles:\n  a:\n    kind: http\n    ${field}`).join("\n");
    expect(said).toMatch(/secret in the file, which is refused|carries a credential/);
    expect(said).toContain("secretFrom");
    expect(said).not.toContain(CANARY);
  });

  test.each([
    `credentials: ${CANARY}`,
    `credentials: { bearer: { secretFrom: ${CANARY} } }`,
    `credentials: { bearer: { secretFrom: { env: '${CANARY} !' } } }`,
    `credentials: { bearer: { secretFrom: { command: ${CANARY} } } }`,
    `proxy: http://me:${CANARY}@p.example`,
    `baseUrl: https://me:${CANARY}@a.example`,
    `credentials: { bearer: "${CANARY} }`,
    `credentials: { bearer: ${CANARY}: x: y }`,
  ])("nor where it stands in a wrong place: %s", (field) => {
    const said = problemsOf(`profiles:\n  a:\n    kind: http\n    ${field}`).join("\n");
    expect(said).not.toBe("");
    expect(said).not.toContain(CANARY);
  });
});

describe("the JSON Schema of config files", () => {
  test("that ships is the one that files are checked with (node scripts/write-schemas.mjs)", () => {
    const shipped = readFileSync("scenarios/config.schema.json", "utf8");
    expect(shipped).toBe(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  });

  test("accepts what the reader accepts", () => {
    expect(problemsOf(example)).toEqual([]);
    validate(parse(example));
    expect(validate.errors).toBeNull();
  });

  test.each([
    "profile: {}",
    "profiles: { mock: { kind: http } }",
    "profiles: { a: { kind: htp } }",
    "profiles: { a: { kind: http, maxRequests: 0 } }",
    "profiles: { a: { kind: http, baseUrl: 'https://u:p@a.example' } }",
    "profiles: { a: { kind: http, credentials: { bearer: token } } }",
    "profiles: { a: { kind: http, credentials: { bearer: { secretFrom: { env: A } }, basic: {} } } }",
    "subject: [{ path: orders, resource: o }]",
  ])("refuses %s, as the reader does", (text) => {
    expect(problemsOf(text)).not.toEqual([]);
    expect(validate(parse(text))).toBe(false);
  });

  test("explains every field, so that an editor can", () => {
    expect(configRows().filter(({ description }) => description === "")).toEqual([]);
    expect(configRows().length).toBeGreaterThan(50);
  });
});

describe("docs/config.md", () => {
  test("is the page that the definition makes (node scripts/write-schemas.mjs)", () => {
    expect(page).toBe(configPage());
  });

  test("shows every field of the format in its example", () => {
    const names = (value: unknown): readonly string[] => {
      if (typeof value !== "object" || value === null) return [];
      return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(names)];
    };
    const inExample = new Set(names(parse(example)));
    const all = configRows().map(({ path }) => path.split(".").at(-1)?.replace("[]", "") ?? "");
    expect(all.filter((name) => name !== "NAME" && !inExample.has(name))).toEqual([]);
  });
});
