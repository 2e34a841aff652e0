import { describe, expect, test } from "vitest";
import type { AuthCheck } from "../../src/auth-check/auth-check.js";
import { checkJson } from "../../src/auth-check/check-json.js";
import { problem } from "../../src/auth-check/findings.js";
import { permissionRows } from "../../src/auth-check/judge-permissions.js";
import { renderCheck, renderTargets } from "../../src/auth-check/render-check.js";
import { displayWidth } from "../../src/report/terminal/display-width.js";
import { CONTROL_CHARACTERS } from "../e2e/run-gcidem.js";

/** Clears a terminal, turns text around, breaks a line, and is wide. */
const HOSTILE = "\u001b[2Jevil\u202etxet\r\n::error::\u0007 名前\u2028";

const CHECK: AuthCheck = {
  target: HOSTILE,
  kind: "genesys",
  baseUrl: "https://api.usw2.pure.cloud",
  settings: [{ name: HOSTILE, shown: HOSTILE, source: HOSTILE }],
  ways: [
    {
      host: "api.usw2.pure.cloud",
      way: "straight",
      certificate: {
        subject: HOSTILE,
        authority: HOSTILE,
        selfSigned: false,
        isPublic: false,
        validFrom: "2026-01-01T00:00:00.000Z",
        validTo: "2027-01-01T00:00:00.000Z",
        trouble: null,
      },
    },
  ],
  tried: [
    {
      what: "token",
      method: "GET",
      url: "https://api.usw2.pure.cloud/api/v2/tokens/me",
      status: 200,
      failure: null,
      durationMs: 7.12345,
      correlationId: HOSTILE,
    },
  ],
  token: { lifeMs: null },
  caller: {
    organization: { id: HOSTILE, name: HOSTILE },
    client: { id: "", name: HOSTILE },
    user: HOSTILE,
    isClientAlone: false,
    scopes: [HOSTILE],
  },
  clock: { host: "api.usw2.pure.cloud", skewMs: 1_234.567, marginMs: 510.25 },
  permissions: permissionRows(null, [{ roleId: "r", role: HOSTILE, division: HOSTILE, policies: [] }]),
  findings: [problem("token-refused", "login", { message: HOSTILE, hint: HOSTILE })],
};

function text(columns: number, unicode: boolean): string {
  return [...renderCheck(CHECK, { columns, unicode, color: false, verbose: true })].join("");
}

describe("what a hostile server says", () => {
  test.each([[true], [false]])("drives no terminal (Unicode %s)", (unicode) => {
    expect(text(80, unicode)).not.toMatch(CONTROL_CHARACTERS);
  });

  test("is ASCII where the terminal has no more", () => {
    expect(text(80, false)).toMatch(/^[\n -~]*$/);
  });

  test("is a text in JSON, every control escaped", () => {
    const json = checkJson([{ name: HOSTILE, source: HOSTILE }], [CHECK]);
    expect(json).not.toMatch(CONTROL_CHARACTERS);
    expect(JSON.parse(json)).toMatchObject({
      listed: [{ name: HOSTILE }],
      checked: [{ target: HOSTILE, ok: false, clock: { skewMs: 1235 }, tried: [{ durationMs: 7.123 }] }],
    });
  });
});

test.each([[40], [60], [80], [200]])("no line is wider than a terminal of %d columns", (columns) => {
  const listed = [{ name: "gc:production-of-the-whole-company", source: "~/.gc/config.toml [production]" }];
  const targets = [...renderTargets(listed, { columns, unicode: true, color: false, verbose: false })].join(
    "",
  );
  const lines = (text(columns, true) + targets).split("\n");
  expect(lines.filter((line) => displayWidth(line) > columns)).toEqual([]);
});
