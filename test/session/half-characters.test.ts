import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { replay } from "../../src/index.js";

let out: string;

beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), "gcidem-half-"));
});

afterAll(() => {
  rmSync(out, { recursive: true, force: true });
});

const SCENARIO = `policy: rfc9110
steps:
  - { id: made, request: PUT /api/v2/mock/things/1, headers: { Content-Type: application/json }, text: '{"n":"x\\ud800"}' }
  - { id: read, request: GET /api/v2/mock/things/1, capture: { n: $.n } }
  - { id: sought, request: GET /api/v2/mock/things/$(read.n) }
`;

test("half of a surrogate pair that was captured is not sent in a path as another text", async () => {
  const [section] = (await replay(SCENARIO, { out })).runs;
  const exchanges = [...(section?.exchanges ?? [])];
  expect(exchanges.map(({ step }) => step)).toEqual(["made", "read", "sought"]);
  expect(exchanges.at(-1)).toMatchObject({
    response: null,
    error: {
      phase: "refused",
      code: "ERR_HALF_CHARACTER",
      message:
        "a value in the path holds \\ud800, half of a surrogate pair, which only JSON can carry; nothing was sent",
    },
  });
});
