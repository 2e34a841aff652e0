import { describe, expect, test } from "vitest";
import { USER, withOrg } from "./an-org.js";

const READ = `/api/v2/users/${USER}`;
const STATION_ID = "8d419f85-b160-4dc3-8d84-319b3f804e55";
const STATIONS = `${READ}/station`;
const ASSOCIATED = `${STATIONS}/associatedstation`;
const ASSOCIATE = `${ASSOCIATED}/${STATION_ID}`;

const STATION = {
  id: STATION_ID,
  name: "Station 8d419f85",
  associatedDate: "2026-11-21T00:00:00.000Z",
};

describe("the station of a user", () => {
  test("PUT sets it: 202 without a body", () =>
    withOrg("documented", async ({ send, clock, last }) => {
      const set = await send("PUT", ASSOCIATE);
      expect([set.status, set.text]).toEqual([202, ""]);
      expect(last()).toMatchObject({ cause: null, executed: true });
      await clock.advance(2_000);
      expect((await send("GET", STATIONS)).json).toEqual({
        associatedStation: STATION,
        effectiveStation: STATION,
        lastAssociatedStation: STATION,
      });
    }));

  test("a user shows it where the client asks for it", () =>
    withOrg("documented", async ({ send, clock }) => {
      await send("PUT", ASSOCIATE);
      await clock.advance(2_000);
      expect((await send("GET", READ)).json).not.toHaveProperty("station");
      const expanded = await send("GET", `${READ}?expand=presence&expand=station`);
      expect(expanded.json).toMatchObject({ id: USER, station: { associatedStation: STATION } });
    }));

  test("DELETE clears it, and the last one is remembered", () =>
    withOrg("documented", async ({ send, clock }) => {
      await send("PUT", ASSOCIATE);
      await clock.advance(2_000);
      const cleared = await send("DELETE", ASSOCIATED);
      expect([cleared.status, cleared.text]).toEqual([202, ""]);
      expect((await send("GET", STATIONS)).json).toEqual({ lastAssociatedStation: STATION });
    }));

  test("nobody's station is a 404", () =>
    withOrg("documented", async ({ send }) => {
      const refused = await send("PUT", `/api/v2/users/nobody/station/associatedstation/${STATION_ID}`);
      expect([refused.status, refused.json.code]).toEqual([404, "not.found"]);
      expect((await send("GET", "/api/v2/users/nobody/station")).status).toBe(404);
      expect((await send("DELETE", "/api/v2/users/nobody/station/associatedstation")).status).toBe(404);
    }));
});

describe("setting a station while the platform's own read trails a write of the user", () => {
  const trailing = {
    code: "general.conflict",
    message: "The version number of the modified resource must match the version number in the database.",
    status: 409,
  };

  test("is a 409 though the client sent no version, and passes once the read has caught up", () =>
    withOrg("documented", async ({ send, clock, last }) => {
      await send("PATCH", READ, { json: { title: "Agent", version: 1 } });
      await clock.advance(1_999);
      const refused = await send("PUT", ASSOCIATE);
      expect(refused.status).toBe(409);
      expect(refused.json).toMatchObject(trailing);
      expect(last()).toMatchObject({ cause: "stale-version", movedBy: "own-write", executed: false });
      await clock.advance(1);
      expect((await send("PUT", ASSOCIATE)).status).toBe(202);
    }));

  test("names who wrote: another client is another writer", () =>
    withOrg(
      "documented",
      async ({ send, last }) => {
        await send("PATCH", READ, { as: "rival", json: { title: "Agent", version: 1 } });
        expect((await send("PUT", ASSOCIATE)).status).toBe(409);
        expect(last().movedBy).toBe("other-writer");
      },
      {
        world: {
          principals: { rival: { account: "a", scopes: null, tokenLifeMs: 60_000 } },
          conversations: [],
          things: [],
          users: [{ id: USER }],
          groups: [],
          actions: [],
        },
      },
    ));

  test("meets a user who was just created, and not one who was there all along", () =>
    withOrg("documented", async ({ send }) => {
      const made = await send("POST", "/api/v2/users", { json: { name: "Ada", email: "ada@example.com" } });
      const path = `/api/v2/users/${String(made.json.id)}/station/associatedstation/${STATION_ID}`;
      expect((await send("PUT", path)).status).toBe(409);
      expect((await send("PUT", ASSOCIATE)).status).toBe(202);
    }));

  test("meets the write by which the station itself was set", () =>
    withOrg("documented", async ({ send, clock }) => {
      await send("PUT", ASSOCIATE);
      expect((await send("PUT", ASSOCIATE)).status).toBe(409);
      await clock.advance(2_000);
      expect((await send("PUT", ASSOCIATE)).status).toBe(202);
    }));

  test("never happens on a platform whose reads do not trail", () =>
    withOrg({ extends: "rfc9110", concurrency: { absent: "accepted" } }, async ({ send }) => {
      const read = await send("GET", READ);
      const headers = { "If-Match": String(read.headers.etag) };
      await send("PATCH", READ, { headers, json: { title: "Agent" } });
      expect((await send("PUT", ASSOCIATE)).status).toBe(200);
    }));

  test("has the status that the policy gives to what is outdated", () =>
    withOrg({ concurrency: { readLag: "1s", stale: { status: 400 } } }, async ({ send }) => {
      await send("PATCH", READ, { json: { title: "Agent" } });
      expect((await send("PUT", ASSOCIATE)).status).toBe(400);
      expect((await send("DELETE", ASSOCIATED)).status).toBe(400);
    }));
});
