import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addCall, addQueue, addUser, type Queue, type User } from "../stand-in/org.js";
import { CLIENT, type StandIn, startStandIn } from "../stand-in/stand-in.js";
import { behaveWell, LEAVE, lineOf, onOrg } from "./real-org.js";
import { atEnd, reportOf } from "./run-gcidem.js";

const READER = { id: "reader", secret: "reader-Secret_1", permissions: ["directory:user:view"] };
const PROD = ["--target", "gc:prod"];
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

let standIn: StandIn;
let user: User;
let queue: Queue;

beforeAll(async () => {
  standIn = await startStandIn({ clients: [CLIENT, READER] });
  user = addUser(standIn.org, "Ada");
  queue = addQueue(standIn.org, "Nobody works here");
});

afterAll(() => standIn.close());

beforeEach(() => {
  behaveWell(standIn);
  standIn.org.conversations.clear();
});

/** The values that the scenarios which write ask for. */
function callbackVars(): readonly string[] {
  const at = new Date(Date.now() + WEEK_MS).toISOString();
  return ["--var", `queueId=${queue.id}`, "--var", `callbackAt=${at}`];
}

const READ_USER = ["replay", "builtin:real/read-user", ...PROD];
const WRITE = ["replay", "builtin:real/repeated-key", ...PROD];
const GET_TWICE =
  "steps:\n  - { id: a, request: GET /api/v2/organizations/me, expect: { status: 200 } }\n  - { repeat: a, expect: { status: 200 } }\n";

describe("a first run on an org that the gc tool knows", () => {
  test("reads alone need no leave: one login, and its token on every request", async () => {
    const { code, stdout, arrived } = await onOrg(standIn, [...READ_USER, "--var", `userId=${user.id}`]);
    expect(code).toBe(0);
    expect(stdout).toContain("api.usw2.pure.cloud");
    const paths = [`users/${user.id}`, `users/${user.id}`, `scim/v2/users/${user.id}`];
    expect(arrived.map(lineOf)).toEqual([
      "login 200",
      ...paths.map((path) => `GET /api/v2/${path} 200`),
      `GET /api/v2/scim/v2/users/${user.id} 304`,
    ]);
    const token = standIn.tokens().at(-1);
    const sent = new Set(arrived.slice(1).map(({ headers }) => headers.authorization));
    expect(sent).toEqual(new Set([`Bearer ${token}`]));
  });

  test("every exchange has the platform's correlation ID", async () => {
    const ran = await onOrg(standIn, [...READ_USER, "--var", `userId=${user.id}`, "--reporter", "json"]);
    const { exchanges, target } = reportOf(ran);
    expect(target).toMatchObject({ kind: "genesys", baseUrl: "https://api.usw2.pure.cloud" });
    const ids = ran.arrived.filter(({ host }) => host === "api").map(({ correlationId }) => correlationId);
    expect(exchanges.map(({ correlationId }) => correlationId)).toEqual(ids);
  });

  test("a var that only its user knows is asked for before anything is sent", async () => {
    const { code, stderr, arrived } = await onOrg(standIn, READ_USER);
    expect(code).toBe(2);
    expect(stderr).toContain("id of a user that you may read");
    expect(arrived).toEqual([]);
  });

  test.each([
    ["without leave", [], "--allow-writes"],
    [
      "with leave for writes, but not for ending the callback",
      ["--allow-writes", "--yes"],
      "--allow-destructive",
    ],
    ["without a terminal to be asked at", ["--allow-writes", "--allow-destructive"], "--yes"],
  ])("a scenario that writes sends nothing %s, not even a login", async (_what, flags, missing) => {
    const { code, stderr, arrived } = await onOrg(standIn, [...WRITE, ...callbackVars(), ...flags]);
    expect(code).toBe(2);
    expect(stderr).toContain(missing);
    expect(arrived).toEqual([]);
  });

  test("--dry-run shows every request and sends none", async () => {
    const { code, stdout, arrived } = await onOrg(standIn, [...WRITE, ...callbackVars(), "--dry-run"]);
    expect(code).toBe(0);
    expect(stdout).toContain("POST https://api.usw2.pure.cloud/api/v2/conversations/callbacks");
    expect(stdout).toContain("authorization: Bearer <given by https://login.usw2.pure.cloud/oauth/token>");
    expect(arrived).toEqual([]);
  });

  test("--read-only sends nothing but GET", async () => {
    const { arrived } = await onOrg(standIn, [...WRITE, ...callbackVars(), "--read-only"]);
    expect(arrived.filter(({ host, method }) => host === "api" && method !== "GET")).toEqual([]);
  });
});

const SCENARIOS = [
  "lost-answer",
  "mutated-body",
  "mutated-bytes",
  "repeated-key",
  "stale-etag",
  "stale-version",
];

describe("the shipped scenarios for a real org hold on the stand-in", () => {
  test.each(SCENARIOS)("%s makes a callback, writes to it alone and ends it", async (name) => {
    const call = addCall(standIn.org);
    const { code, stdout, arrived } = await onOrg(standIn, [
      "replay",
      `builtin:real/${name}`,
      ...PROD,
      ...callbackVars(),
      ...LEAVE,
    ]);
    expect(code, stdout).toBe(0);
    const made = [...standIn.org.conversations.values()].filter(({ id }) => id !== call.id);
    expect(made.map(({ participants }) => participants[0]?.state)).toEqual(["disconnected"]);
    const writes = arrived.filter(({ host, method }) => host === "api" && method !== "GET");
    const [first, ...others] = writes.map(({ path }) => path);
    expect(first).toBe("/api/v2/conversations/callbacks");
    expect(others.filter((path) => !path.includes(`/${made[0]?.id}/`))).toEqual([]);
  });

  test("read-conversation reads a call and changes nothing", async () => {
    const call = addCall(standIn.org);
    const { code, stdout, arrived } = await onOrg(standIn, [
      "replay",
      "builtin:real/read-conversation",
      ...PROD,
      "--var",
      `conversationId=${call.id}`,
    ]);
    expect(code, stdout).toBe(0);
    expect(arrived.every(({ host, method }) => host === "login" || method === "GET")).toBe(true);
  });

  test("an outdated version of a user is recognised where it is refused with 400, as has been seen", async () => {
    standIn.behaviour.staleVersion = 400;
    const own = addUser(standIn.org, "Bea");
    const ran = await onOrg(standIn, [
      "replay",
      "builtin:basics/stale-version",
      ...PROD,
      ...["--var", `userId=${own.id}`, "--reporter", "json"],
      ...LEAVE,
    ]);
    expect(ran.code).toBe(1);
    const stale = reportOf(ran).report.runs[0] as unknown as {
      readonly diagnoses: readonly { readonly cause: string; readonly exchange: string }[];
    };
    expect(stale.diagnoses.find(({ exchange }) => exchange === "e3")?.cause).toBe("stale-version");
  });
});

describe("a login that fails ends the run with 5 and plain words, and the API is never asked:", () => {
  test.each([
    ["an unknown client", { client_credentials: "nobody" }, "400", /knows no OAuth client nobody/],
    ["a wrong secret", { client_secret: "wrong" }, "401", /secret/i],
  ])("%s", async (_what, gc, status, words) => {
    const { code, stderr, arrived } = await onOrg(standIn, [...READ_USER, "--var", `userId=${user.id}`], {
      gc,
    });
    expect(code).toBe(5);
    expect(stderr).toMatch(words);
    expect(stderr).toContain("login.usw2.pure.cloud");
    expect(arrived.map(lineOf)).toEqual([`login ${status}`]);
  });

  test("a client of another region, where its id is unknown", async () => {
    const other = await startStandIn({ domain: "euw2.pure.cloud", clients: [] });
    atEnd(() => other.close());
    const { code, stderr, arrived } = await onOrg(other, [...READ_USER, "--var", `userId=${user.id}`]);
    expect(code).toBe(5);
    expect(stderr).toMatch(/region/i);
    expect(stderr).toContain("euw2.pure.cloud");
    expect(arrived.map(lineOf)).toEqual(["login 400"]);
  });

  test("a region that does not exist is no login at all: exit 2 or 3, and the nearest is named", async () => {
    const { code, stderr, arrived } = await onOrg(standIn, READ_USER, {
      gc: { environment: "usw2.pure.clod" },
    });
    expect([2, 3]).toContain(code);
    expect(stderr).toContain("usw2.pure.cloud");
    expect(arrived).toEqual([]);
  });

  test("a login host that is down is exit 4", async () => {
    const names = `${standIn.loginHost}=1,${standIn.apiHost}=${standIn.apiPort}`;
    const { code, stderr, arrived } = await onOrg(standIn, [...READ_USER, "--var", `userId=${user.id}`], {
      env: { STAND_IN_NAMES: names },
    });
    expect(code).toBe(4);
    expect(stderr).toContain(standIn.loginHost);
    expect(arrived).toEqual([]);
  });
});

describe("tokens", () => {
  const TWICE = ["replay", "twice.yaml", ...PROD];
  const files = { "twice.yaml": GET_TWICE };

  test("that end in the middle of a run are renewed once, and the run goes on", async () => {
    standIn.behaviour.uses = 1;
    const { code, stdout, arrived } = await onOrg(standIn, TWICE, { files });
    expect(arrived.map(lineOf)).toEqual([
      "login 200",
      "GET /api/v2/organizations/me 200",
      "GET /api/v2/organizations/me 401",
      "login 200",
      "GET /api/v2/organizations/me 200",
    ]);
    expect(code, stdout).toBe(0);
  });

  test("that live shorter than the margin are renewed before they end", async () => {
    standIn.behaviour.lifeSeconds = 300;
    const { code, arrived } = await onOrg(standIn, TWICE, { files });
    expect([code, arrived.map(lineOf).filter((line) => line.startsWith("login"))]).toEqual([
      0,
      ["login 200"],
    ]);
  });

  test("that are refused for ever cause no login storm: exit 5", async () => {
    standIn.behaviour.refuseAllTokens = true;
    const { code, arrived } = await onOrg(standIn, TWICE, { files });
    expect(code).toBe(5);
    expect(arrived.filter(({ host }) => host === "login").length).toBe(2);
  });

  test("that the gc tool keeps are used as they are; a revoked one is exit 5", async () => {
    const gc = { client_credentials: "", client_secret: "", access_token: "revoked-token-of-gc" };
    const { code, arrived } = await onOrg(standIn, TWICE, { files, gc });
    expect(code).toBe(5);
    expect(arrived.every(({ host, status }) => host === "api" && status === 401)).toBe(true);
    expect(arrived[0]?.headers.authorization).toBe("Bearer revoked-token-of-gc");
  });
});

describe("what the platform says of a run", () => {
  test("a limit of requests is kept to: it is waited for, and nothing is refused", async () => {
    Object.assign(standIn.behaviour, { allowed: 3, windowSeconds: 3 });
    const steps =
      "steps:\n  - { request: GET /api/v2/organizations/me, times: 4, expect: { statuses: { 200: 4 } } }\n";
    const { code, stdout, arrived } = await onOrg(standIn, ["replay", "four.yaml", ...PROD], {
      files: { "four.yaml": steps },
    });
    expect(arrived.filter(({ status }) => status === 429)).toEqual([]);
    expect(code, stdout).toBe(0);
  });

  test("a clock that is an hour off does no harm", async () => {
    for (const clockSkewMs of [3_600_000, -3_600_000]) {
      standIn.behaviour.clockSkewMs = clockSkewMs;
      const { code, arrived } = await onOrg(standIn, [...READ_USER, "--var", `userId=${user.id}`]);
      expect([code, arrived.filter(({ host }) => host === "login").length]).toEqual([0, 1]);
    }
  });

  test("a missing permission is exit 5, and its name is in the report", async () => {
    const { code, stdout } = await onOrg(standIn, [...WRITE, ...callbackVars(), ...LEAVE], {
      gc: { client_credentials: READER.id, client_secret: READER.secret },
    });
    expect(code).toBe(5);
    const words = stdout.replaceAll(/\s+/g, " ");
    expect(words).toContain("following permission(s): conversation:callback:create");
    expect(words).toContain("lacks a permission or scope that the operation needs");
    expect([...standIn.org.conversations]).toEqual([]);
  });

  test("a read that is not permitted is explained too, since nothing else can be read either", async () => {
    const call = addCall(standIn.org);
    const args = ["replay", "builtin:real/read-conversation", ...PROD, "--var", `conversationId=${call.id}`];
    const { code, stdout } = await onOrg(standIn, args, {
      gc: { client_credentials: READER.id, client_secret: READER.secret },
    });
    expect(code).toBe(5);
    expect(stdout).toContain("403 on #1: permission-missing (certain)");
    expect(stdout).toContain("do    Give the client's role the permission that the answer names");
  });

  test("client credentials on a call that needs a user: the answer, the cause and the documents say so", async () => {
    const call = addCall(standIn.org);
    const path = `/api/v2/conversations/calls/${call.id}/participants/${call.participants[0]?.id}`;
    const steps = `steps:\n  - request: PATCH ${path}\n    json: { held: true }\n    expect: { status: 202 }\n`;
    const { code, stdout } = await onOrg(standIn, ["replay", "held.yaml", ...PROD, ...LEAVE], {
      files: { "held.yaml": steps },
    });
    expect(code).toBe(1);
    const words = stdout.replaceAll(/\s+/g, " ");
    expect(words).toContain("the answer says not.a.user");
    expect(words).toContain("its token is a program's own, of client credentials");
    expect(words).toContain("do Call it with a user's token");
    expect(words).toContain("needs a user's token: client credentials get 400 not.a.user");
  });
});
