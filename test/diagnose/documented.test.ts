import { describe, expect, test } from "vitest";
import { diagnoseExchanges } from "../../src/diagnose/diagnose-exchanges.js";
import { json, recorded, told } from "./recorded.js";

const CALL =
  "https://api.mypurecloud.com/api/v2/conversations/5b7f3f0e-1111-4a6b-8d53-0c1d2e3f4a01/participants";
const ATTRIBUTES = {
  method: "PATCH",
  url: `${CALL}/9a1c2d3e-4444-4b5c-9e6f-102030405060/attributes`,
  body: json({ attributes: { tier: "gold" } }),
  key: "0b9a6e0e-5d7c-4a36-9df0-0f4a3a0f0001",
  status: 202,
};

describe("what the vendor documents", () => {
  test("is said of each operation once, beside what the exchanges show", () => {
    const found = told("documented", recorded(ATTRIBUTES, ATTRIBUTES));
    expect(found).toContain("e1 header-not-declared likely");
    expect(found.filter((each) => each.startsWith("e2"))).toEqual([]);
  });

  test("is evidence of no exchange, and says that nobody tested it", () => {
    const found = diagnoseExchanges(recorded(ATTRIBUTES)).find(
      ({ cause }) => cause === "header-not-declared",
    );
    expect(found?.evidence).toEqual([{ exchange: null, fact: "takes no Idempotency-Key" }]);
    expect(found?.explanation).toContain("Documented, not tested");
  });

  test("names the operation that is nearest to one that does not exist", () => {
    const read = { method: "GET", url: `${CALL}/9a1c2d3e-4444-4b5c-9e6f-102030405060`, status: 404 };
    expect(told("documented", recorded(read))).toEqual(["e1 no-such-operation likely"]);
  });

  test("is not said of other APIs", () => {
    expect(told("documented", recorded({ ...ATTRIBUTES, url: "https://example.com/v1/things/1" }))).toEqual(
      [],
    );
  });
});
