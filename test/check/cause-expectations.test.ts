import { describe, expect, it } from "vitest";
import { replayed, result } from "./replayed.js";

const THING = 'policy: rfc9110\nworld: { things: [{ id: "1", tier: none }] }';

const STALE = `- id: read
  request: GET /api/v2/mock/things/1
  capture: { etag: header ETag }
- id: moves
  request: PUT /api/v2/mock/things/1
  ifMatch: $(read.etag)
  json: { tier: gold }
- id: stale
  request: PUT /api/v2/mock/things/1
  ifMatch: $(read.etag)
  json: { tier: silver }
`;

describe("an expected cause", () => {
  it("holds where it is named first, and says how sure that is", async () => {
    const run = await replayed(`${STALE}  expect: { cause: stale-etag }`, THING);
    expect(result(run, "stale cause")).toMatchObject({
      ok: true,
      expected: "stale-etag",
      actual: expect.stringMatching(/^stale-etag \((certain|likely)\)/),
    });
  });

  it("fails where another cause is named, and says which and why", async () => {
    const run = await replayed(`${STALE}  expect: { cause: key-missing }`, THING);
    expect(result(run, "stale cause")).toMatchObject({
      ok: false,
      actual: expect.stringContaining("stale-etag"),
      note: expect.stringContaining("no longer current"),
    });
  });

  it("fails where there is nothing to explain", async () => {
    const run = await replayed(
      `- id: r\n  request: GET /api/v2/mock/things/1\n  expect: { cause: stale-etag }`,
      THING,
    );
    expect(result(run, "r cause")).toMatchObject({ ok: false, actual: null });
    expect(run.verdict).toBe("fail");
  });

  it("is undecided where more certainty is asked for than the exchanges give", async () => {
    const lone = `- id: lone
  request: PUT /api/v2/mock/things/1
  ifMatch: '"never-shown"'
  json: { tier: silver }
  expect: { cause: { id: stale-etag, certainty: certain } }`;
    const run = await replayed(lone, THING);
    expect(result(run, "lone cause")).toMatchObject({ ok: null });
    expect(run.verdict).toBe("inconclusive");
  });
});
