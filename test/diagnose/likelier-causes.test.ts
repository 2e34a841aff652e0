import { describe, expect, it } from "vitest";
import { diagnoseExchanges } from "../../src/diagnose/diagnose-exchanges.js";
import { json, type RecordedSketch, recorded, told } from "./recorded.js";

const SILENT = json({ message: "no" });
const HOST = "http://127.0.0.1:1";
const CALL = `${HOST}/api/v2/conversations/c1/participants/p1/attributes`;
const KEY = "1f0c6a52-9d0b-4e0c-8b39-0c1f6c0f5d11";
const OTHER_KEY = "7d5e8a52-9d0b-4e0c-8b39-0c1f6c0f5d22";

function patch(sketch: RecordedSketch): RecordedSketch {
  return { method: "PATCH", body: json({ tier: "gold" }), answer: SILENT, ...sketch };
}

function job(sketch: RecordedSketch): RecordedSketch {
  return {
    method: "POST",
    url: `${HOST}/v1/jobs`,
    body: json({ a: "x" }),
    answer: json({ id: "j-1" }),
    ...sketch,
  };
}

/** What is said first of one request. */
function first(id: string, ...sketches: readonly RecordedSketch[]): string | undefined {
  const refusal = ({ kind, exchange }: { readonly kind: string; readonly exchange: string }): boolean =>
    kind === "refusal" && exchange === id;
  return diagnoseExchanges(recorded(...sketches)).find(refusal)?.cause;
}

describe("a conversation that takes no write, and shows no state", () => {
  const refused = patch({ url: CALL, status: 409, body: json({ attributes: { tier: "gold" } }) });

  it("is more likely closed to a caller none of whose writes pass", () => {
    const other = { ...refused, body: json({ attributes: { tier: "silver" } }) };
    expect(first("e1", refused, other)).toBe("permission-shown-as-409");
    expect(first("e2", job({ status: 200, caller: "2" }), refused)).toBe("permission-shown-as-409");
  });

  it("is more likely locked for one whose other writes pass", () => {
    expect(first("e2", job({ status: 200 }), refused)).toBe("state-locked");
  });

  it("is hardly locked where other things are refused in the same way", () => {
    const others = [
      job({ status: 200 }),
      patch({ url: `${HOST}/v1/things/1`, status: 409 }),
      patch({ url: `${HOST}/v1/things/2`, status: 409 }),
    ];
    expect(first("e4", ...others, refused)).not.toBe("state-locked");
  });

  it("was not locked where the same passes under another key at once", () => {
    const keyed = { ...refused, key: KEY };
    const passed = { ...refused, key: OTHER_KEY, status: 200, answer: json({}) };
    expect(first("e2", job({ status: 200 }), keyed, passed)).toBe("key-first-use-unseen");
  });
});

describe("a thing of which no read tells a state", () => {
  const url = `${HOST}/v1/things/1`;
  const read: RecordedSketch = {
    method: "GET",
    url,
    status: 200,
    shows: "1",
    answer: json({ tier: "none" }),
  };
  const refused = patch({ url, ifMatch: "1", status: 409 });
  const passed = { ...refused, status: 200, answer: json({}) };
  const refusals = (...sketches: readonly RecordedSketch[]): readonly string[] =>
    told("refusal", recorded(...sketches)).filter((each) => each.startsWith("e2 "));

  it("was hardly locked where the same passes at once, and nobody is certain of it", () => {
    expect(refusals(read, refused, read, passed)).toEqual(["e2 spurious-conflict possible"]);
  });

  it("may have been where it passes only later", () => {
    const late: RecordedSketch = { ...passed, at: [12_000, 12_010] };
    expect(refusals(read, refused, read, late)).toEqual([
      "e2 spurious-conflict possible",
      "e2 state-locked possible",
    ]);
  });
});

describe("a request that the server cannot use", () => {
  const user = `${HOST}/api/v2/users/u1`;

  it("has a member of another type than the documented one", () => {
    expect(first("e1", patch({ url: user, status: 400, body: json({ title: 42 }) }))).toBe("invalid-request");
  });

  it("has a version that no answer can have shown", () => {
    const read: RecordedSketch = { method: "GET", status: 200, answer: json({ version: 3 }) };
    expect(first("e2", read, patch({ status: 400, body: json({ tier: "gold", version: "none" }) }))).toBe(
      "invalid-request",
    );
  });

  it("is hardly wrong in its body where another body is refused in the same way", () => {
    const keyed = (key: string, body: string): RecordedSketch =>
      job({ status: 400, answer: SILENT, key, body });
    const [one, other] = [keyed(KEY, json({ a: "x" })), keyed(OTHER_KEY, json({ a: "y" }))];
    const taken = patch({ status: 200, key: "3a4a0cd7-b141-4978-8abc-aab795697ebf", answer: json({}) });
    expect(first("e2", taken, one, other)).toBe("key-malformed");
    expect(first("e2", taken, one)).toBe("invalid-request");
  });
});

describe("a request without key and token", () => {
  it("lacks a key where what makes new things is refused in the same way, for that needs no token", () => {
    const refused = patch({ status: 400 });
    const read: RecordedSketch = { method: "GET", status: 200, shows: "1", answer: json({ tier: "none" }) };
    expect(first("e2", read, refused)).toBe("precondition-missing");
    expect(first("e2", read, refused, job({ status: 400, answer: SILENT }))).toBe("key-missing");
  });
});

describe("a version that is sent to a collection", () => {
  it("is that of another thing: what is made has none yet", () => {
    const read: RecordedSketch = { method: "GET", status: 200, answer: json({ tier: "none", version: 2 }) };
    expect(first("e2", read, job({ status: 409, answer: SILENT, body: json({ a: "x", version: 2 }) }))).toBe(
      "etag-other-resource",
    );
  });
});

describe("a request that passed again under the key of the first one", () => {
  it("may have been answered from a store, and says nothing of the token that it carries", () => {
    const url = `${HOST}/v1/things/1`;
    const put = (sketch: RecordedSketch): RecordedSketch =>
      patch({ url, method: "PUT", ifMatch: "1-a", ...sketch });
    const wrote = put({ key: KEY, status: 200, shows: "2-a", answer: json({ id: "1" }) });
    const exchanges = recorded(
      { method: "GET", url, status: 200, shows: "1-a", answer: json({ id: "1" }) },
      wrote,
      put({ key: OTHER_KEY, status: 409, body: json({ tier: "red" }) }),
      wrote,
      put({ key: OTHER_KEY, status: 409, body: json({ tier: "red" }) }),
    );
    const said = diagnoseExchanges(exchanges).filter(
      ({ kind, exchange }) => kind === "refusal" && exchange === "e3",
    );
    expect(said.map(({ cause }) => cause)).toContain("stale-etag");
    expect(said.map(({ certainty }) => certainty)).not.toContain("certain");
  });
});

describe("a key that was still in use when another body came with it", () => {
  const url = `${HOST}/v1/things/1`;
  const put = (sketch: RecordedSketch): RecordedSketch =>
    patch({ url, method: "PUT", status: 409, key: KEY, ...sketch });
  const first = put({ status: 200, body: json({ tier: "gold" }), answer: json({ id: "1" }), at: [0, 800] });
  const other = put({ body: json({ tier: "red" }), at: [20, 21] });

  it("is a rival of the body, whatever passes once the first is over", () => {
    const said = told(
      "refusal",
      recorded(
        first,
        other,
        { ...other, key: OTHER_KEY, status: 200, at: [60, 860] },
        { ...other, at: [870, 871] },
        { ...first, at: [872, 873] },
        { ...other, at: [874, 875] },
      ),
    );
    expect(said).toContain("e2 key-in-flight possible");
    expect(said).not.toContain("e2 key-reused-body-changed certain");
  });
});

describe("a key whose refused request was given the first one's answer later", () => {
  it("may have been taken over by it: nobody is certain that it only ran too early", () => {
    const url = `${HOST}/v1/jobs`;
    const post = (sketch: RecordedSketch): RecordedSketch =>
      job({ url, status: 409, key: KEY, answer: SILENT, ...sketch });
    const stored = json({ id: "j-1" });
    const one = post({ status: 200, body: json({ a: "x" }), answer: stored, at: [0, 160] });
    const other = post({ body: json({ a: "y" }), at: [20, 21] });
    const said = told(
      "refusal",
      recorded(
        one,
        other,
        { ...other, key: OTHER_KEY, status: 200, answer: json({ id: "j-2" }), at: [60, 220] },
        { ...other, status: 200, answer: stored, at: [230, 231] },
        { ...one, status: 409, answer: SILENT, at: [240, 241] },
        { ...other, at: [250, 251] },
      ),
    );
    expect(said).not.toContain("e2 key-in-flight certain");
    expect(said).toContain("e2 key-reused-body-changed possible");
  });
});

describe("an answer that says that the token has expired", () => {
  it("is believed, though nobody has seen the token pass", () => {
    const answer = json({ message: "The access token has expired.", code: "credentials_expired" });
    const said = told("refusal", recorded(patch({ status: 401, answer })));
    expect(said).toEqual(["e1 token-expired likely"]);
  });
});

describe("another token or key after which the answer is another one", () => {
  const url = `${HOST}/v1/things/1`;
  const read: RecordedSketch = { method: "GET", url, status: 200, shows: "1", answer: json({ id: "1" }) };
  const refused = (key: string): RecordedSketch => patch({ url, status: 400, key });

  it("says that the token was in the way before", () => {
    const quoted = refused(`"${KEY}"`);
    expect(first("e2", read, quoted)).toBe("key-malformed");
    expect(first("e2", read, quoted, { ...quoted, ifMatch: "1", status: 409 })).toBe("precondition-missing");
  });

  it("says that the key was", () => {
    const keyed = refused(KEY);
    expect(first("e2", read, keyed)).not.toBe("key-malformed");
    expect(first("e2", read, keyed, { ...keyed, key: OTHER_KEY, status: 409 })).toBe("key-malformed");
  });
});

describe("a delete that passes once something else was deleted", () => {
  const url = `${HOST}/v1/things/2`;
  const refused: RecordedSketch = { method: "DELETE", url, status: 409, answer: SILENT, key: KEY };
  const other: RecordedSketch = { method: "DELETE", url: `${HOST}/v1/things/3`, status: 204 };
  const passed: RecordedSketch = { ...refused, key: OTHER_KEY, status: 204, answer: "" };

  it("may have been referred to: that another key came with it proves nothing", () => {
    const said = told("refusal", recorded(refused, refused, other, passed));
    expect(said).toContain("e1 referenced-entity possible");
    expect(said.filter((each) => each.endsWith(" certain"))).toEqual([]);
  });

  it("nor where the server gave the first refusal again under the old key", () => {
    const said = told("refusal", recorded(refused, other, refused, passed));
    expect(said).toContain("e1 referenced-entity possible");
    expect(said.filter((each) => each.endsWith(" certain"))).toEqual([]);
  });
});

describe("a name that is free again once its thing was deleted", () => {
  it("may have been taken: that another key came with it proves nothing", () => {
    const make: RecordedSketch = {
      method: "POST",
      url: `${HOST}/v1/groups`,
      status: 409,
      answer: SILENT,
      body: json({ name: "Support" }),
      key: KEY,
    };
    const gone: RecordedSketch = { method: "DELETE", url: `${HOST}/v1/groups/g1`, status: 204 };
    const made: RecordedSketch = { ...make, key: OTHER_KEY, status: 201, answer: json({ id: "g2" }) };
    const said = told("refusal", recorded(make, make, gone, made));
    expect(said).toContain("e1 duplicate-entity possible");
    expect(said.filter((each) => each.endsWith(" certain"))).toEqual([]);
  });
});

describe("the same request, refused twice in two ways", () => {
  it("is no first use of its key", () => {
    const refused = job({ status: 409, answer: SILENT, key: KEY });
    const said = told(
      "refusal",
      recorded(refused, job({ status: 200, key: OTHER_KEY }), { ...refused, status: 425 }),
    );
    expect(said).toContain("e3 key-first-use-unseen possible");
    expect(said).not.toContain("e3 conflict-not-replay certain");
  });
});

describe("a version of another form than those that were shown", () => {
  it("may be what is wrong, and nobody is certain that it is outdated", () => {
    const url = `${HOST}/v1/things/1`;
    const exchanges = recorded(
      { method: "GET", url, status: 200, answer: json({ id: "1", version: 1 }) },
      patch({ url, status: 412, body: json({ tier: "gold", version: "none" }) }),
      patch({ url, status: 200, answer: json({ id: "1", version: 2 }) }),
    );
    const said = told("refusal", exchanges);
    expect(said).toContain("e2 invalid-request possible");
    expect(said).not.toContain("e2 stale-version certain");
  });
});

describe("what is gone and has an empty list of parts", () => {
  it("is not there for that", () => {
    const list: RecordedSketch = {
      method: "GET",
      url: `${HOST}/v1/groups/g1/members`,
      status: 200,
      answer: json({ entities: [], total: 0 }),
    };
    const refused: RecordedSketch = {
      method: "DELETE",
      url: `${HOST}/v1/groups/g1/members`,
      status: 404,
      answer: SILENT,
    };
    expect(told("refusal", recorded(refused, list))).toContain("e1 invalid-request possible");
  });
});
