import { describe, expect, it } from "vitest";
import { parseWorld } from "../../src/run/parse-world.js";
import { replayed, verdicts } from "../check/replayed.js";

describe("a world", () => {
  it("gives principals an account, every scope and a day's token unless it says otherwise", () => {
    expect(
      parseWorld(
        '{"principals":{"all":{},"star":{"scopes":["*"]},"few":{"account":"a","scopes":["users"],"tokenLife":"10m"}}}',
      ).principals,
    ).toEqual({
      all: { account: "default", scopes: null, tokenLifeMs: 86_400_000 },
      star: { account: "default", scopes: null, tokenLifeMs: 86_400_000 },
      few: { account: "a", scopes: ["users"], tokenLifeMs: 600_000 },
    });
  });

  it("lets a principal without scopes do everything and one with scopes only these", async () => {
    const run = await replayed(
      `
- id: all
  request: GET /api/v2/users/me
  as: all
  expect: { status: 200 }
- id: few
  request: GET /api/v2/users/me
  as: few
  expect: { status: 200 }
- id: refused
  request: POST /api/v2/integrations/actions/x/execute
  as: few
  json: {}
  expect: { status: 403 }`,
      "world: { principals: { all: { account: a1 }, few: { scopes: [users:readonly] } } }",
    );
    expect(verdicts(run)).toEqual({ "all status": true, "few status": true, "refused status": true });
  });
});
