import { describe, expect, test } from "vitest";
import { type Org, withOrg } from "./an-org.js";

const COLLECTION = "/api/v2/integrations/actions";
const ACTION = `${COLLECTION}/a1`;
const DRAFT = `${ACTION}/draft`;
const PUBLISH = `${DRAFT}/publish`;
const EXECUTIONS = "/api/v2/mock/executions";
const FULL = "?expand=contract&includeConfig=true";

const NEW = {
  category: "CRM",
  name: "Find contact",
  integrationId: "i1",
  config: { timeoutSeconds: 5, request: { requestType: "GET", headers: { Accept: "application/json" } } },
  contract: { input: { inputSchema: { type: "object" } }, output: { successSchema: { type: "object" } } },
};

/** Changes the draft and the action by these, one after the other; gives the statuses. */
async function statuses(
  org: Org,
  requests: readonly (readonly [string, string, unknown?])[],
): Promise<unknown> {
  const found: number[] = [];
  for (const [method, path, json] of requests) found.push((await org.send(method, path, { json })).status);
  return found;
}

describe("actions: a version in the body", () => {
  test("an action has the vendor's members and a version", () =>
    withOrg("documented", async ({ send }) => {
      const read = await send("GET", ACTION);
      expect(read.json).toMatchObject({
        id: "a1",
        name: "Action a1",
        secure: false,
        version: 1,
        selfUri: ACTION,
      });
    }));

  test("PATCH with the current version moves it; what UpdateActionInput lacks is passed over", () =>
    withOrg("documented", async ({ send }) => {
      const json = { name: "Find", contract: "none", secure: true, version: 1 };
      const write = await send("PATCH", ACTION, { json });
      expect(write.json).toMatchObject({ name: "Find", secure: false, version: 2 });
      expect((await send("GET", `${ACTION}${FULL}`)).json).toEqual(write.json);
    }));

  test("an outdated version is a 409, a missing one a 400 that names it, and so is an ill-typed one", () =>
    withOrg("documented", async ({ send, last }) => {
      await send("PATCH", ACTION, { json: { name: "Find", version: 1 } });
      const stale = await send("PATCH", ACTION, { json: { name: "Look", version: 1 } });
      expect([stale.status, last().cause, last().movedBy]).toEqual([409, "stale-version", "own-write"]);
      const missing = await send("PATCH", ACTION, { json: { name: "Look" } });
      expect(missing.json).toMatchObject({ status: 400, details: [{ fieldName: "version" }] });
      const illTyped = await send("PATCH", ACTION, { json: { name: "Look", version: "2" } });
      expect(illTyped.json).toMatchObject({
        status: 400,
        details: [{ errorCode: "invalid.value", fieldName: "version" }],
      });
    }));

  test("contract and configuration are shown to those who ask for them", () =>
    withOrg("documented", async ({ send }) => {
      const made = await send("POST", COLLECTION, { json: NEW });
      expect(made.json).toMatchObject({ ...NEW, secure: false, version: 1 });
      const path = String(made.json.selfUri);
      const { config, contract, ...rest } = made.json;
      expect((await send("GET", path)).json).toEqual(rest);
      expect((await send("GET", `${path}?includeConfig=true`)).json).toEqual({ ...rest, config });
      expect((await send("GET", `${path}?expand=contract`)).json).toEqual({ ...rest, contract });
    }));

  test("creating takes no key: each request makes another action with an id of the server's", () =>
    withOrg("documented", async ({ send }) => {
      const headers = { "Idempotency-Key": "k1" };
      const first = await send("POST", COLLECTION, { json: { ...NEW, id: "mine" }, headers });
      const second = await send("POST", COLLECTION, { json: { ...NEW, id: "mine" }, headers });
      expect(first.json.id).toMatch(/^custom_-_[0-9a-f-]{36}$/);
      expect(second.json.id).not.toBe(first.json.id);
    }));

  test.each([
    [{}, ["category", "name", "integrationId", "config", "contract"]],
    [{ ...NEW, name: 7, secure: "no" }, ["name", "secure"]],
    [{ ...NEW, contract: {} }, ["contract.input", "contract.output"]],
    [
      { ...NEW, contract: { input: {}, output: { successSchema: 1 } } },
      ["contract.input.inputSchema", "contract.output.successSchema"],
    ],
    [{ ...NEW, config: { timeoutSeconds: "5", request: [] } }, ["config.timeoutSeconds", "config.request"]],
    [{ ...NEW, config: { request: { headers: { Accept: 1 } } } }, ["config.request.headers.Accept"]],
    [{ ...NEW, config: { response: { translationMap: [] } } }, ["config.response.translationMap"]],
  ])("a body that is no PostActionInput is a 400 that names all that is wrong: %j", (json, names) =>
    withOrg("documented", async ({ send }) => {
      const refused = await send("POST", COLLECTION, { json });
      expect(refused.status).toBe(400);
      const details = refused.json.details as readonly { readonly fieldName: string }[];
      expect(details.map(({ fieldName }) => fieldName)).toEqual(names);
    }),
  );

  test("a policy can have a PATCH replace what it may set", () =>
    withOrg({ concurrency: { patchMerges: "replace" } }, async ({ send }) => {
      const written = await send("PATCH", ACTION, { json: { category: "CRM" } });
      expect(written.json).toEqual({
        id: "a1",
        integrationId: "gcidem",
        category: "CRM",
        secure: false,
        selfUri: ACTION,
      });
    }));
});

describe("tests run what they test", () => {
  test("a test is counted with the executions of its action, and shows its steps", () =>
    withOrg("documented", async ({ send }) => {
      await send("POST", `${ACTION}/execute`, { json: {} });
      const tested = await send("POST", `${ACTION}/test`, { json: { contactId: "c-1" } });
      const result = { actionId: "a1", executions: 2 };
      expect(tested.json).toMatchObject({
        success: true,
        operations: [{ step: 1, result }],
        finalResult: result,
      });
      const counted = await send("GET", `${EXECUTIONS}?operation=actions/a1`);
      expect(counted.json.total).toBe(2);
    }));

  test("a draft's test is counted apart: it is not the action that runs", () =>
    withOrg("documented", async (org) => {
      expect(
        await statuses(org, [
          ["POST", `${DRAFT}/test`, {}],
          ["POST", DRAFT],
          ["POST", `${DRAFT}/test`, {}],
        ]),
      ).toEqual([404, 200, 200]);
      expect((await org.send("GET", EXECUTIONS)).json).toMatchObject({
        entities: [{ operation: "drafts/a1", count: 1 }],
      });
    }));

  test.each([`${ACTION}/execute`, `${ACTION}/test`])("%s takes a map of inputs and nothing else", (path) =>
    withOrg("documented", async ({ send }) => {
      expect((await send("POST", path, { json: [] })).json).toMatchObject({
        status: 400,
        code: "bad.request",
      });
      expect((await send("POST", path)).status).toBe(400);
    }),
  );
});

describe("drafts: a resource of their own, with a version of their own", () => {
  test("there is none until it is begun; it begins as the action is, with version 1", () =>
    withOrg("documented", async (org) => {
      await org.send("PATCH", ACTION, { json: { name: "Find", version: 1 } });
      expect((await org.send("GET", DRAFT)).status).toBe(404);
      const begun = await org.send("POST", DRAFT);
      expect(begun.json).toMatchObject({ id: "a1", name: "Find", integrationId: "gcidem", version: 1 });
      expect((await org.send("GET", DRAFT)).json).toEqual(begun.json);
    }));

  test("a second one is refused while the first is there", () =>
    withOrg("documented", async ({ send, last }) => {
      const [, second] = [await send("POST", DRAFT), await send("POST", DRAFT)];
      expect(second.json).toMatchObject({ status: 409, code: "general.conflict" });
      expect(last()).toMatchObject({ cause: "duplicate-entity", executed: false });
    }));

  test("changing it leaves the action as it was", () =>
    withOrg("documented", async ({ send }) => {
      await send("POST", DRAFT);
      const changed = await send("PATCH", DRAFT, {
        json: { contract: NEW.contract, secure: true, version: 1 },
      });
      expect(changed.json).toMatchObject({ contract: NEW.contract, secure: true, version: 2 });
      expect((await send("GET", `${ACTION}${FULL}`)).json).toMatchObject({ secure: false, version: 1 });
    }));

  test("an outdated version of a draft is a 409, a missing one a 400, an ill-formed member too", () =>
    withOrg("documented", async (org) => {
      await org.send("POST", DRAFT);
      const write = (json: unknown) => ["PATCH", DRAFT, json] as const;
      expect(
        await statuses(org, [
          write({ name: "A", version: 1 }),
          write({ name: "B", version: 1 }),
          write({ name: "B" }),
          write({ contract: {}, version: 2 }),
        ]),
      ).toEqual([200, 409, 400, 400]);
    }));

  test("a draft can be thrown away, whatever its version; then another can be begun", () =>
    withOrg("documented", async (org) => {
      await org.send("POST", DRAFT);
      const gone = await org.send("DELETE", DRAFT);
      expect([gone.status, gone.text]).toEqual([204, ""]);
      expect(
        await statuses(org, [
          ["DELETE", DRAFT],
          ["GET", DRAFT],
          ["POST", DRAFT],
        ]),
      ).toEqual([404, 404, 200]);
    }));
});

describe("publishing", () => {
  test("the action becomes what the draft is, its version moves, and the draft is no more", () =>
    withOrg("documented", async (org) => {
      await org.send("POST", DRAFT);
      await org.send("PATCH", DRAFT, { json: { name: "Find", secure: true, version: 1 } });
      const published = await org.send("POST", PUBLISH, { json: { version: 2 } });
      expect([published.status, published.json]).toMatchObject([
        200,
        { id: "a1", name: "Find", secure: true, version: 2, selfUri: ACTION },
      ]);
      expect((await org.send("GET", `${ACTION}${FULL}`)).json).toEqual(published.json);
      expect(
        await statuses(org, [
          ["GET", DRAFT],
          ["POST", PUBLISH, { version: 2 }],
        ]),
      ).toEqual([404, 404]);
    }));

  test("another version than the draft's is a 400 in the vendor's own words, and nothing is published", () =>
    withOrg("documented", async ({ send, last }) => {
      await send("POST", DRAFT);
      const refused = await send("POST", PUBLISH, { json: { version: 2 } });
      expect(refused.json).toMatchObject({
        status: 400,
        message: "Supplied version 2 does not match latest draft version 1",
      });
      expect(last()).toMatchObject({ cause: "stale-version", executed: false });
      expect((await send("GET", ACTION)).json.version).toBe(1);
    }));

  test.each([[{}], [{ version: "1" }]])("the version is required, a number: %j", (json) =>
    withOrg("documented", async ({ send }) => {
      await send("POST", DRAFT);
      const refused = await send("POST", PUBLISH, { json });
      expect(refused.json).toMatchObject({ status: 400, details: [{ fieldName: "version" }] });
      expect((await send("GET", DRAFT)).status).toBe(200);
    }),
  );

  test("whoever holds the action's old version is told: publishing moved it", () =>
    withOrg("documented", async ({ send, last }) => {
      await send("POST", DRAFT);
      await send("POST", PUBLISH, { json: { version: 1 } });
      expect((await send("PATCH", ACTION, { json: { name: "Old", version: 1 } })).status).toBe(409);
      expect(last()).toMatchObject({ cause: "stale-version", movedBy: "own-write" });
    }));

  test("late readers still see the action as it was", () =>
    withOrg({ extends: "documented", concurrency: { readLag: "5s" } }, async ({ send, clock }) => {
      await send("POST", DRAFT);
      await send("PATCH", DRAFT, { json: { name: "New", version: 1 } });
      await send("POST", PUBLISH, { json: { version: 2 } });
      expect((await send("GET", ACTION)).json).toMatchObject({ name: "Action a1", version: 1 });
      await clock.advance(5_000);
      expect((await send("GET", ACTION)).json).toMatchObject({ name: "New", version: 2 });
    }));

  test("an action that only ever was a draft comes into being when it is published", () =>
    withOrg("documented", async (org) => {
      const begun = await org.send("POST", `${COLLECTION}/drafts`, { json: NEW });
      expect(begun.json).toMatchObject({ ...NEW, version: 1 });
      const path = `${COLLECTION}/${String(begun.json.id)}`;
      expect(
        await statuses(org, [
          ["GET", path],
          ["POST", `${path}/execute`, {}],
          ["POST", `${path}/draft`],
          ["GET", `${path}/draft`],
          ["POST", `${path}/draft/publish`, { version: 1 }],
          ["POST", `${path}/execute`, {}],
        ]),
      ).toEqual([404, 404, 409, 200, 200, 200]);
      expect((await org.send("GET", `${path}${FULL}`)).json).toMatchObject({ ...NEW, version: 1 });
    }));

  test("with a world only its actions can be changed, drafted and tested", () =>
    withOrg(
      "documented",
      async (org) => {
        expect(
          await statuses(org, [
            ["GET", ACTION],
            ["PATCH", ACTION, { name: "A", version: 1 }],
            ["POST", DRAFT],
            ["POST", `${ACTION}/test`, {}],
            ["GET", `${COLLECTION}/a2`],
          ]),
        ).toEqual([404, 404, 404, 404, 200]);
      },
      {
        world: {
          principals: {},
          conversations: [],
          things: [],
          users: [],
          groups: [],
          actions: [{ id: "a2" }],
        },
      },
    ));
});
