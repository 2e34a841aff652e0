import { describe, expect, it } from "vitest";
import { diagnoseExchanges } from "../../src/diagnose/diagnose-exchanges.js";
import { json, type RecordedSketch, recorded, told } from "./recorded.js";

/** What is said of one request, best first: `stale-version likely own-write`. */
function said(id: string, ...sketches: readonly RecordedSketch[]): readonly string[] {
  return diagnoseExchanges(recorded(...sketches))
    .filter(({ kind, exchange }) => kind === "refusal" && exchange === id)
    .map(({ cause, certainty, movedBy }) => [cause, certainty, movedBy ?? ""].join(" ").trim());
}

const BASE = "http://127.0.0.1:1";

describe("Elasticsearch", () => {
  const url = `${BASE}/idx/_doc/1`;
  const at = (seqNo: number, term: number = 1): string => `${url}?if_seq_no=${seqNo}&if_primary_term=${term}`;
  const shown = (version: number, seqNo: number): string =>
    json({ _id: "1", _version: version, _seq_no: seqNo, _primary_term: 1 });
  const conflict = (why: string): string =>
    json({ error: { type: "version_conflict_engine_exception", reason: `[1]: version conflict, ${why}` } });
  const read: RecordedSketch = { method: "GET", url, status: 200, answer: shown(3, 5) };
  const write = (address: string, more: RecordedSketch): RecordedSketch => ({
    ...{ method: "PUT", url: address, body: json({ a: 1 }), status: 200 },
    ...more,
  });

  it("compares _seq_no, which a write of our own has moved", () => {
    const first = write(at(5), { answer: shown(4, 9) });
    const second = write(at(5), { status: 409, answer: json({ error: "no" }) });
    expect(said("e3", read, first, second)[0]).toBe("stale-version possible own-write");
  });

  it("is not taken for current because another count happens to be the same", () => {
    const others = write(url, { answer: shown(5, 9) });
    const late = write(at(5), { status: 409, answer: json({ error: "no" }) });
    const after: RecordedSketch = { ...read, answer: shown(5, 9) };
    expect(said("e3", read, others, late, after)[0]).toMatch(/^stale-version/);
  });

  it("says version conflict of what is there already, too", () => {
    const body = conflict("document already exists (current version [4])");
    const create = write(`${BASE}/idx/_create/1`, { status: 409, answer: body });
    expect(said("e1", create)).toEqual(["duplicate-entity likely"]);
  });

  it("tells how a write went, which nobody altered on its way", () => {
    const done = json({ _id: "1", _version: 4, result: "updated", forced: "yes" });
    expect(told("anomaly", recorded(read, write(at(5), { answer: done })))).toEqual([]);
  });
});

describe("CouchDB", () => {
  const url = `${BASE}/db/d1`;
  const answer = json({ error: "conflict", reason: "Document update conflict." });
  const read: RecordedSketch = { method: "GET", url, status: 200, answer: json({ _id: "d1", _rev: "1-a" }) };

  it("wants a revision: one that brings none is not outdated", () => {
    const bare: RecordedSketch = { method: "PUT", url, body: json({ n: 4 }), status: 409, answer };
    const done = json({ ok: true, id: "d1", rev: "2-b" });
    const taken = { ...bare, body: json({ n: 4, _rev: "1-a" }), status: 201, answer: done };
    const all = said("e2", read, bare, taken);
    expect(all[0]).toMatch(/^precondition-missing/);
    expect(all.join()).not.toContain("stale-version");
  });

  it("takes the revision in the query: another one there is another token and no other operation", () => {
    const gone = (rev: string, more: RecordedSketch): RecordedSketch => ({
      ...{ method: "DELETE", url: `${url}?rev=${rev}` },
      ...more,
    });
    const late = gone("0-x", { status: 409, answer: json({ error: "no" }) });
    const now = gone("1-a", { status: 200, answer: json({ ok: true }) });
    const [first] = diagnoseExchanges(recorded(late, read, now));
    expect(first?.cause).toBe("stale-version");
    expect(first?.ruledOut).toContainEqual({
      cause: "permission-shown-as-409",
      because: "e3 was accepted, and differs only in token",
    });
  });
});

describe("a version that the request does not carry", () => {
  it("is never certain: that it passes with one is what a missing one does as well", () => {
    const said409 = json({ message: "The order has been modified" });
    const url = `${BASE}/v1/orders/1`;
    const read: RecordedSketch = { method: "GET", url, status: 200, answer: json({ id: 1, version: 3 }) };
    const bare: RecordedSketch = {
      ...{ method: "PUT", url, body: json({ a: 1 }), status: 409, answer: said409 },
    };
    const taken: RecordedSketch = {
      ...{ method: "PUT", url, body: json({ a: 1, version: 3 }), status: 200 },
      answer: json({ id: 1, version: 4, a: 1 }),
    };
    expect(said("e2", read, bare, taken).join()).not.toContain("certain");
  });
});

describe("DynamoDB", () => {
  const call = (operation: string, body: object, more: RecordedSketch = {}): RecordedSketch => ({
    ...{ method: "POST", url: `${BASE}/`, headers: [["X-Amz-Target", `DynamoDB_20120810.${operation}`]] },
    ...{ body: json(body), status: 200, answer: "{}", ...more },
  });
  const failed = {
    status: 400,
    answer: json({ __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException" }),
  };

  it("refuses an outdated item with 400 and the name of its condition", () => {
    const body = { Item: { id: { S: "1" } }, ConditionExpression: "ver = :v" };
    expect(said("e1", call("PutItem", body, failed))[0]).toBe("stale-version likely unknown");
  });

  it("and one that is there already", () => {
    const body = { Item: { id: { S: "1" } }, ConditionExpression: "attribute_not_exists(id)" };
    expect(said("e1", call("PutItem", body, failed))[0]).toMatch(/^duplicate-entity/);
  });

  it("has all its operations at one path: what one takes tells nothing of another", () => {
    const body = { Item: { id: { S: "1" } }, ConditionExpression: "attribute_not_exists(id)" };
    const settles = diagnoseExchanges(
      recorded(call("GetItem", { Key: { id: { S: "1" } } }), call("PutItem", body, failed)),
    ).flatMap(({ toConfirm }) => toConfirm?.steps ?? []);
    expect(JSON.stringify(settles)).not.toContain('"Key"');
  });
});

describe("Google's and Azure's APIs", () => {
  it("a metageneration in the query that a write moved is outdated", () => {
    const url = `${BASE}/storage/v1/b/b1`;
    const matching = `${url}?ifMetagenerationMatch=1`;
    const reason = json({ error: { errors: [{ reason: "conditionNotMet" }], code: 412 } });
    const change: RecordedSketch = { method: "PATCH", url: matching, body: json({ a: "b" }), status: 200 };
    expect(
      said(
        "e3",
        { method: "GET", url, status: 200, answer: json({ name: "b1", metageneration: "1" }) },
        { ...change, answer: json({ name: "b1", a: "b", metageneration: "2" }) },
        { ...change, body: json({ a: "c" }), status: 412, answer: reason },
      ),
    ).toEqual(["stale-version likely own-write"]);
  });

  it("concurrent changes of a policy are an outdated one", () => {
    const message = "There were concurrent policy changes. Please retry the whole read-modify-write.";
    const url = `${BASE}/v1/projects/p:setIamPolicy`;
    const set: RecordedSketch = { method: "POST", url, body: json({ policy: { etag: "x=" } }), status: 409 };
    const answer = json({ error: { code: 409, message, status: "ABORTED" } });
    expect(said("e1", { ...set, answer })[0]).toBe("stale-version likely unknown");
  });

  it("the version in the first line of an XML answer is no version of the thing", () => {
    const answer = `<?xml version="1.0" encoding="utf-8"?><Error><Code>SnapshotsPresent</Code><Message>The blob has snapshots, which are missing in the request.</Message></Error>`;
    const put: RecordedSketch = { method: "PUT", url: `${BASE}/c/blob`, body: json({ a: 1 }), status: 409 };
    const all = said("e1", { ...put, answer });
    expect(all.join()).not.toMatch(/stale-version|precondition-missing likely/);
  });

  it("a lease is a lock", () => {
    const message = "There is currently a lease on the blob and no lease ID was specified in the request.";
    const answer = `<?xml version="1.0" encoding="utf-8"?><Error><Code>LeaseIdMissing</Code><Message>${message}</Message></Error>`;
    const put: RecordedSketch = { method: "PUT", url: `${BASE}/c/blob`, body: json({ a: 1 }), status: 412 };
    expect(said("e1", { ...put, answer })[0]).toBe("state-locked likely");
  });

  it("a header names the rule where no body does", () => {
    const put: RecordedSketch = {
      ...{ method: "PUT", url: `${BASE}/c/blob`, body: json({ a: 1 }), ifMatch: "0x1", status: 412 },
      ...{ answer: "", answerHeaders: [["x-ms-error-code", "ConditionNotMet"]] },
    };
    expect(said("e1", put)[0]).toMatch(/^stale-etag likely/);
  });

  it("a token beside If-None-Match: * would ask for two things that cannot both be: nobody is told to send that", () => {
    const put: RecordedSketch = {
      ...{ method: "PUT", url: `${BASE}/bucket/key.json`, body: json({ a: 1 }), status: 412, answer: "" },
      headers: [["If-None-Match", "*"]],
    };
    const named = diagnoseExchanges(recorded(put)).filter(({ kind }) => kind === "refusal");
    expect(named[0]?.cause).toBe("duplicate-entity");
    expect(named.flatMap(({ toConfirm }) => toConfirm?.steps ?? []).filter(({ ifMatch }) => ifMatch)).toEqual(
      [],
    );
  });
});
