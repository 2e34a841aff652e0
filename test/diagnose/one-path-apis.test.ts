import { describe, expect, it } from "vitest";
import type { Diagnosis } from "../../src/diagnose/diagnose.js";
import { diagnoseExchanges } from "../../src/diagnose/diagnose-exchanges.js";
import { thingOf } from "../../src/subject/subject-of.js";
import { json, type RecordedSketch, recorded } from "./recorded.js";

function refusals(id: string, ...sketches: readonly RecordedSketch[]): readonly Diagnosis[] {
  const exchanges = recorded(...sketches).map((each) => ({ ...each, resource: thingOf(each.request) }));
  return diagnoseExchanges(exchanges).filter(({ kind, exchange }) => kind === "refusal" && exchange === id);
}

const BASE = "http://127.0.0.1:1";

describe("GraphQL", () => {
  const url = `${BASE}/graphql`;
  const product = (version: number): object => ({ id: "p1", version });
  const read = (version: number): RecordedSketch => ({
    ...{ method: "POST", url, status: 200, answer: json({ data: { product: product(version) } }) },
    body: json({ query: "query P($id: ID!) { product(id: $id) { id version } }", variables: { id: "p1" } }),
  });
  const write = (version: number, answer: object): RecordedSketch => ({
    ...{ method: "POST", url, status: 200, answer: json(answer) },
    body: json({
      query: "mutation U { update { id version } }",
      variables: { input: { id: "p1", version, title: "B" } },
    }),
  });
  const conflict = {
    data: null,
    errors: [{ message: "Version conflict", extensions: { code: "CONFLICT" } }],
  };

  it("has versions in its variables and below its fields; who asks moves none", () => {
    const [first] = refusals("e2", read(4), write(4, conflict), read(5));
    expect(first).toMatchObject({ cause: "stale-version", movedBy: "not-ours" });
    expect(first?.toConfirm?.steps).toMatchObject([
      { request: "POST /graphql", capture: { version: "$['data']['product']['version']" } },
      { request: "POST /graphql", jsonFrom: { "variables/input/version": "$(read.version)" } },
    ]);
  });

  it("may call the variable anything: the argument that it is for counts", () => {
    const aliased: RecordedSketch = {
      ...write(4, conflict),
      body: json({
        query: "mutation U($id: ID!, $v: Int!) { update(id: $id, expectedVersion: $v) { id } }",
        variables: { id: "p1", v: 4 },
      }),
    };
    const [first] = refusals("e2", read(4), aliased, read(5));
    expect(first).toMatchObject({ cause: "stale-version", movedBy: "not-ours" });
    expect(first?.toConfirm?.steps.at(-1)?.jsonFrom).toEqual({ "variables/v": "$(read.version)" });
  });

  it("shows that it was the version where the same passes with a fresh one", () => {
    const done = { data: { update: { product: product(6) } } };
    const [first] = refusals("e2", read(4), write(4, conflict), read(5), write(5, done));
    expect(first).toMatchObject({ cause: "stale-version", certainty: "certain" });
  });

  it("refuses in a success, also in the errors of one field, and takes a key from a directive", () => {
    const query =
      "mutation A($n: Int!, $k: String!) { adjust(by: $n) @idempotent(key: $k) { userErrors { code } } }";
    const adjust = (n: number, userErrors: readonly object[]): RecordedSketch => ({
      ...{ method: "POST", url, status: 200, answer: json({ data: { adjust: { userErrors } } }) },
      body: json({ query, variables: { n, k: "8e03f6d2-0a51-4c7e-9b1d-6f2a3c4d5e6f" } }),
    });
    const said = {
      message: "The key was used with other parameters",
      code: "IDEMPOTENCY_KEY_PARAMETER_MISMATCH",
    };
    expect(refusals("e1", adjust(5, []), adjust(7, [said]))).toEqual([]);
    const [first] = refusals("e2", adjust(5, []), adjust(7, [said]));
    expect(first).toMatchObject({ cause: "key-reused-body-changed", certainty: "likely" });
  });
});

describe("an access policy of Google's", () => {
  const policy = (etag: string): object => ({ version: 1, etag, bindings: [] });
  const get = (etag: string): RecordedSketch => ({
    ...{ method: "POST", url: `${BASE}/v1/projects/p:getIamPolicy`, body: "{}", status: 200 },
    answer: json(policy(etag)),
  });
  const set: RecordedSketch = {
    ...{ method: "POST", url: `${BASE}/v1/projects/p:setIamPolicy`, status: 409 },
    ...{ body: json({ policy: policy("BwXa=") }), answer: json({ error: { code: 409, status: "ABORTED" } }) },
  };

  it("goes by its etag, which is read by a POST; its version is that of its format", () => {
    const [first] = refusals("e2", get("BwXa="), set, get("BwXb="));
    expect(first).toMatchObject({ cause: "stale-version", movedBy: "not-ours" });
    expect(first?.toConfirm?.steps).toMatchObject([
      { request: "POST /v1/projects/p:getIamPolicy", capture: { version: "$['etag']" } },
      { request: "POST /v1/projects/p:setIamPolicy", jsonFrom: { "policy/etag": "$(read.version)" } },
    ]);
  });
});

describe("versions by other names", () => {
  const [OLD, NEW] = ["a".repeat(40), "b".repeat(40)];
  const file = (sha: string): RecordedSketch => ({
    method: "GET",
    status: 200,
    answer: json({ path: "a.md", sha }),
  });

  it("GitHub's sha of a file, which a write names", () => {
    const write: RecordedSketch = {
      method: "PUT",
      body: json({ message: "m", content: "aGk=", sha: OLD }),
      status: 409,
    };
    expect(refusals("e2", file(OLD), write, file(NEW))[0]).toMatchObject({
      cause: "stale-version",
      movedBy: "not-ours",
    });
  });

  it("and not where it is the commit that is to come", () => {
    const write: RecordedSketch = { method: "PATCH", body: json({ sha: NEW, force: false }), status: 422 };
    const causes = refusals("e1", write).map(({ cause }) => cause);
    expect(causes).not.toContain("stale-version");
  });

  it.each([
    ["lock_version", 3, 4],
    ["version", 3, 4],
    ["rowVersion", "AAB=", "AAC="],
  ])("within the only member that holds everything: %s", (name, old, current) => {
    const order = (value: string | number): string => json({ order: { id: 7, [name]: value } });
    const read = (value: string | number): RecordedSketch => ({
      method: "GET",
      status: 200,
      answer: order(value),
    });
    const write: RecordedSketch = { method: "PUT", body: order(old), status: 409 };
    const [first] = refusals("e2", read(old), write, read(current));
    expect(first).toMatchObject({ cause: "stale-version", movedBy: "not-ours" });
  });

  it("a text that is called version in there is data", () => {
    const app = (version: string): string => json({ app: { version } });
    const read: RecordedSketch = { method: "GET", status: 200, answer: app("1.2-beta") };
    const write: RecordedSketch = { method: "PUT", body: app("1.3-beta"), status: 409 };
    expect(refusals("e2", read, write).map(({ cause }) => cause)).not.toContain("stale-version");
  });

  it("a group's, which whoever adds a member names", () => {
    const url = `${BASE}/api/v2/groups/g1`;
    const read: RecordedSketch = { method: "GET", url, status: 200, answer: json({ id: "g1", version: 3 }) };
    const add = (status: number): RecordedSketch => ({
      ...{ method: "POST", url: `${url}/members`, body: json({ memberIds: ["u1"], version: 3 }), status },
    });
    const after = { ...read, answer: json({ id: "g1", version: 4 }) };
    expect(refusals("e3", read, add(202), add(409), after)[0]).toMatchObject({
      cause: "stale-version",
      movedBy: "own-write",
    });
  });

  it("the version of a draft, which its publication names on another path", () => {
    const url = `${BASE}/api/v2/integrations/actions/a1/draft`;
    const read: RecordedSketch = { method: "GET", url, status: 200, answer: json({ id: "a1", version: 1 }) };
    const own: RecordedSketch = {
      url,
      body: json({ version: 1 }),
      status: 200,
      answer: json({ id: "a1", version: 2 }),
    };
    const late: RecordedSketch = {
      ...{ method: "POST", url: `${url}/publish`, body: json({ version: 1 }), status: 400 },
      answer: json({
        code: "bad.request",
        message: "Supplied version 1 does not match latest draft version 2",
      }),
    };
    expect(refusals("e3", read, own, late)[0]).toMatchObject({
      cause: "stale-version",
      movedBy: "own-write",
    });
  });
});

describe("the same request, accepted between two refusals", () => {
  const read: RecordedSketch = { method: "GET", status: 200, shows: "a1", answer: json({ a: 1 }) };
  const write = (status: number): RecordedSketch => ({
    ...{ method: "PUT", body: json({ a: 3 }), ifMatch: "a1", status, answer: json({ error: "no" }) },
    ...(status === 200 ? { shows: "c3" } : {}),
  });

  it("used its token up: the second refusal is one of an outdated token, whatever the first was", () => {
    const [first] = refusals("e4", read, write(412), write(200), write(412));
    expect(first).toMatchObject({ cause: "stale-etag", movedBy: "own-write" });
    expect(refusals("e2", read, write(412), write(200), write(412))[0]?.cause).not.toBe("stale-etag");
  });
});

it("an expected version is compared with the one that answers show", () => {
  const read = (version: number): RecordedSketch => ({
    method: "GET",
    status: 200,
    answer: json({ version }),
  });
  const write: RecordedSketch = { method: "PUT", body: json({ expectedVersion: 4, a: 1 }), status: 409 };
  const [first] = refusals("e2", read(4), write, read(6));
  expect(first).toMatchObject({ cause: "stale-version", movedBy: "not-ours" });
  expect(first?.toConfirm?.steps[0]?.capture).toEqual({ version: "$['version']" });
});

it("Rails says that an object is stale", () => {
  const answer = json({ error: "Attempted to update a stale object: Order." });
  expect(refusals("e1", { method: "PUT", body: json({ a: 1 }), status: 409, answer })[0]).toMatchObject({
    cause: "stale-version",
    certainty: "likely",
  });
});

it("a lock that the server speaks of is not ruled out by whoever holds it", () => {
  const answer = json({ error: "locked", message: "The document is checked out by another user" });
  const mine: RecordedSketch = { method: "PUT", body: json({ n: 2 }), status: 409, answer };
  const theirs: RecordedSketch = { method: "PUT", body: json({ n: 5 }), status: 200, caller: "2" };
  expect(refusals("e1", mine, theirs, mine)[0]).toMatchObject({ cause: "state-locked", certainty: "likely" });
});

it("GitLab's last commit of a file is a version", () => {
  const [old, current] = ["a".repeat(40), "b".repeat(40)];
  const read = (last_commit_id: string): RecordedSketch => ({
    method: "GET",
    status: 200,
    answer: json({ last_commit_id }),
  });
  const write: RecordedSketch = {
    method: "PUT",
    body: json({ content: "x", last_commit_id: old }),
    status: 400,
  };
  expect(refusals("e2", read(old), write, read(current))[0]).toMatchObject({ cause: "stale-version" });
});

it("a date in the place of an ETag is outdated where what is there was modified later", () => {
  const read = (time: string): RecordedSketch => ({
    ...{ method: "GET", status: 200, answer: json({ a: 1 }) },
    answerHeaders: [["Last-Modified", `Fri, 20 Nov 2026 ${time} GMT`]],
  });
  const write = (time: string, status: number): RecordedSketch => ({
    ...{ method: "PUT", body: json({ a: 2 }), status },
    headers: [["If-Unmodified-Since", `Fri, 20 Nov 2026 ${time} GMT`]],
  });
  const [first] = refusals("e2", read("08:00:00"), write("08:00:00", 412), read("09:00:03"));
  expect(first).toMatchObject({ cause: "stale-etag", evidence: [{ exchange: "e3" }, { exchange: "e2" }] });
  expect(first?.explanation).toMatch(/^If-Unmodified-Since of e2 /);
  const passed = refusals(
    "e2",
    read("08:00:00"),
    write("08:00:00", 412),
    read("09:00:03"),
    write("09:00:03", 200),
  );
  expect(passed[0]).toMatchObject({ cause: "stale-etag" });
  expect(JSON.stringify(passed)).not.toMatch(/unchanged, was accepted|accepted unchanged/);
  expect(refusals("e2", read("08:00:00"), write("07:00:00", 412))[0]?.evidence[0]?.exchange).toBe("e1");
});
