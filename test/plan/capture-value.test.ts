import { describe, expect, it } from "vitest";
import { captureValue } from "../../src/plan/capture-value.js";
import { stepsOf } from "./scopes.js";

const ANSWER = {
  status: 201,
  headers: [
    ["ETag", '"7"'],
    ["Location", "/orders/o-42"],
    ["ININ-Correlation-Id", "c-1"],
  ] as const,
  body: String.raw`{"id":"o-42","version":7,"list":[{"id":"a"},{"id":"b"}],"big":12345678901234567890,"none":null,"price":7.0,"it's \"so\"":[3.0]}`,
};

function captured(from: string): unknown {
  const [step] = stepsOf(`\n- request: GET /x\n  capture: { v: ${from} }`);
  const [capture] = step?.captures ?? [];
  if (capture === undefined) throw new Error("no capture");
  const found = captureValue(capture, ANSWER);
  return found.found ? found.value : { missing: found.reason };
}

describe("a capture", () => {
  it.each([
    ["header etag", '"7"'],
    ["status", 201],
    ["correlationId", "c-1"],
    ["$.version", 7],
    ["'$.list[1].id'", "b"],
    ["$.none", null],
    ["{ from: header Location, regex: '/orders/(.+)$' }", "o-42"],
    ["{ from: $.id, regex: '\\d+' }", "42"],
    ["{ from: $.big, regex: '.+' }", "12345678901234567890"],
  ])("%s takes %j", (from, value) => {
    expect(captured(from)).toEqual(value);
  });

  it.each([
    ["header X-Missing", "the answer has no header X-Missing"],
    ["$.missing", "the answer has nothing at $.missing"],
    ["{ from: $.id, regex: '^x' }", '"o-42" does not match /^x/'],
    ["$.big", "the number 12345678901234567890 at $.big would lose digits; capture it with a regex"],
    ["$.price", "the number 7.0 at $.price would lose digits; capture it with a regex"],
    ["'$.*[?@ == 3]'", "the number 3.0 at $.*[?@ == 3] would lose digits; capture it with a regex"],
  ])("%s says why there is nothing", (from, reason) => {
    expect(captured(from)).toEqual({ missing: reason });
  });
});
