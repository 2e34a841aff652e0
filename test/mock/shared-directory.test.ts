import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Mock } from "../../src/mock/mock.js";
import { startMock } from "../../src/mock/start-mock.js";
import { type PrivateRedis, startRedis } from "../redis/private-redis.js";
import { policyOf, type Reply, sendTo, USER } from "./an-org.js";

const USERS = "/api/v2/users";
const SCIM = `/api/v2/scim/v2/users/${USER}`;
const GROUPS = "/api/v2/groups";
const THINGS = "/api/v2/mock/things";
const STATION = `${USERS}/${USER}/station/associatedstation`;
const NEW_GROUP = { name: "Support", type: "official", rulesVisible: true, visibility: "public" };
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

let redis: PrivateRedis;
let mocks: readonly [Mock, Mock];

beforeAll(async () => {
  redis = await startRedis();
  const policy = policyOf({
    unique: [{ on: "users.email" }, { on: "groups.name" }, { on: "things.name" }],
    references: [{ on: "groups" }, { on: "things" }],
    concurrency: { readLag: "1ms" },
  });
  const start = (): Promise<Mock> => startMock({ policy, store: redis.url });
  mocks = [await start(), await start()];
});
afterAll(async () => {
  for (const mock of mocks) await mock.close();
  await redis.kill();
});
beforeEach(() => mocks[0].reset({ seed: 1, world: null }));

function send(mock: Mock, method: string, path: string, json?: unknown): Promise<Reply> {
  const headers = {
    Authorization: `Bearer ${mock.token(null, "valid")}`,
    ...(json === undefined ? {} : { "Content-Type": "application/json" }),
  };
  return sendTo(mock.url, undefined, { method, path, headers, body: JSON.stringify(json) });
}

/** Sends the same requests to two servers at once. */
async function atOnce(
  method: string,
  paths: readonly [string, string],
  json: unknown,
): Promise<readonly number[]> {
  const replies = await Promise.all(mocks.map((mock, index) => send(mock, method, paths[index] ?? "", json)));
  return replies.map(({ status }) => status).sort();
}

describe("two servers whose state lies in one Redis give a unique name away once", () => {
  test("to one of two new users", async () => {
    for (let round = 0; round < 20; round++) {
      const json = { name: "Ada", email: `ada-${round}@example.com` };
      expect(await atOnce("POST", [USERS, USERS], json)).toEqual([200, 409]);
    }
  });

  test("to one of two users that exist, by SCIM as well", async () => {
    const other = USER.replaceAll("5", "6");
    const paths = [SCIM, SCIM.replace(USER, other)] as const;
    for (let round = 0; round < 20; round++) {
      expect(await atOnce("PUT", paths, { userName: `ada-${round}@example.com` })).toEqual([200, 409]);
    }
  });

  test("to one of two groups and to one of two things", async () => {
    for (let round = 0; round < 20; round++) {
      const name = `name ${round}`;
      expect(await atOnce("POST", [GROUPS, GROUPS], { ...NEW_GROUP, name })).toEqual([200, 409]);
      expect(await atOnce("PUT", [`${THINGS}/a${round}`, `${THINGS}/b${round}`], { name })).toEqual([
        201, 409,
      ]);
    }
  });
});

describe("a server whose state lies in Redis fetches all that an operation looks at", () => {
  test.each([
    ["POST", USERS, { name: "Ada", email: "ada@example.com" }, 200],
    ["PATCH", `${USERS}/${USER}`, { email: "ada@example.com" }, 200],
    ["PATCH", `${USERS}/${USER}`, { title: "Agent" }, 200],
    ["GET", `${USERS}/${USER}?expand=station`, undefined, 200],
    ["GET", SCIM, undefined, 200],
    ["PUT", SCIM, { displayName: "Ada" }, 200],
    [
      "PATCH",
      SCIM,
      { schemas: [PATCH_OP], Operations: [{ op: "replace", path: "userName", value: "a@b.example" }] },
      200,
    ],
    ["PATCH", SCIM, { schemas: [PATCH_OP], Operations: [{ op: "add", path: "title", value: "A" }] }, 200],
    ["PUT", `${STATION}/s-1`, undefined, 200],
    ["DELETE", STATION, undefined, 200],
    ["GET", `${USERS}/${USER}/station`, undefined, 200],
    ["POST", GROUPS, NEW_GROUP, 200],
    ["GET", `${GROUPS}/${USER}`, undefined, 200],
    ["PUT", `${GROUPS}/${USER}`, { name: "Sales" }, 200],
    ["PUT", `${GROUPS}/${USER}`, { description: "Second line" }, 200],
    ["DELETE", `${GROUPS}/${USER}`, undefined, 200],
    ["POST", `${GROUPS}/${USER}/members`, { memberIds: [USER] }, 200],
    ["GET", `${GROUPS}/${USER}/members`, undefined, 200],
    ["DELETE", `${GROUPS}/${USER}/members?ids=${USER}`, undefined, 200],
    ["POST", THINGS, { id: "1", name: "a", parentId: "2" }, 200],
    ["PUT", `${THINGS}/1`, { name: "a", parentId: "2" }, 201],
  ] as const)("%s %s %j", async (method, path, json, status) => {
    const reply = await send(mocks[0], method, path, json);
    expect([reply.status, mocks[0].trace().at(-1)?.cause]).toEqual([status, null]);
  });

  test("what one server wrote stands in the way of the other's delete", async () => {
    const [first, second] = mocks;
    await send(first, "PUT", `${THINGS}/1`, {});
    await send(second, "PUT", `${THINGS}/2`, { parentId: "1" });
    expect((await send(first, "DELETE", `${THINGS}/1`)).status).toBe(409);
    await send(second, "PATCH", `${THINGS}/2`, { parentId: "3" });
    expect((await send(first, "DELETE", `${THINGS}/1`)).status).toBe(200);
    expect((await send(second, "GET", `${THINGS}/1`)).status).toBe(404);
  });

  test("a group's members, added at one server, stand in the way at the other", async () => {
    const [first, second] = mocks;
    await send(first, "POST", `${GROUPS}/${USER}/members`, { memberIds: [USER] });
    expect((await send(second, "DELETE", `${GROUPS}/${USER}`)).status).toBe(409);
    expect((await send(second, "GET", `${GROUPS}/${USER}/members`)).json).toMatchObject({ total: 1 });
  });
});
