import { describe, expect, test } from "vitest";
import { CONVERSATION, USER, withOrg } from "./an-org.js";

const EVALUATIONS = `/api/v2/quality/conversations/${CONVERSATION}/evaluations`;
const EXECUTIONS = "/api/v2/mock/executions";
const BODY = {
  evaluationForm: { id: "2c1f0a52-1d0c-4b0e-9b39-0c1f6c0f5d11" },
  evaluator: { id: USER },
  agent: { id: USER },
};
const key = (value: string) => ({ "Idempotency-Key": value });

describe("evaluations: the one operation that takes a key by documentation", () => {
  test("each has an id of the server's, the vendor's members and a count", () =>
    withOrg("documented", async ({ send }) => {
      const made = await send("POST", EVALUATIONS, { json: BODY });
      expect(made.status).toBe(200);
      expect(made.json).toMatchObject({
        ...BODY,
        conversation: { id: CONVERSATION, selfUri: `/api/v2/conversations/${CONVERSATION}` },
        status: "PENDING",
        createdDate: "2026-11-21T00:00:00.000Z",
        selfUri: `${EVALUATIONS}/${String(made.json.id)}`,
      });
      expect((await send("GET", EXECUTIONS)).json).toEqual({
        entities: [{ id: made.json.id, operation: `evaluations/${CONVERSATION}`, key: null, count: 1 }],
        total: 1,
      });
    }));

  test("an evaluation is read where it was made, and in no other conversation", () =>
    withOrg("documented", async ({ send }) => {
      const made = await send("POST", EVALUATIONS, { json: { ...BODY, rescore: true } });
      const read = await send("GET", `${EVALUATIONS}/${String(made.json.id)}`);
      expect([read.status, read.json]).toEqual([200, made.json]);
      const elsewhere = EVALUATIONS.replace("0f0e", "1f0e");
      expect((await send("GET", `${elsewhere}/${String(made.json.id)}`)).status).toBe(404);
      expect((await send("GET", `${EVALUATIONS}/${USER}`)).status).toBe(404);
    }));

  test("the same key and body are carried out once: the stored answer comes back", () =>
    withOrg("documented", async ({ send, last }) => {
      const first = await send("POST", EVALUATIONS, { json: BODY, headers: key("k1") });
      const again = await send("POST", EVALUATIONS, { json: BODY, headers: key("k1") });
      expect([again.status, again.text]).toEqual([first.status, first.text]);
      expect(last()).toMatchObject({ cause: "stored-answer-returned", key: "k1", executed: false });
      expect((await send("GET", `${EXECUTIONS}?key=k1`)).json.total).toBe(1);
    }));

  test("the same key with another body is a 409, and nothing is made", () =>
    withOrg("documented", async ({ send, last }) => {
      await send("POST", EVALUATIONS, { json: BODY, headers: key("k1") });
      const other = await send("POST", EVALUATIONS, { json: { ...BODY, rescore: true }, headers: key("k1") });
      expect([other.status, other.json.code]).toEqual([409, "general.conflict"]);
      expect(last()).toMatchObject({ cause: "key-reused-body-changed", executed: false });
      expect((await send("GET", EXECUTIONS)).json.total).toBe(1);
    }));

  test("a key is the conversation's: under another one it makes another evaluation", () =>
    withOrg("documented", async ({ send }) => {
      await send("POST", EVALUATIONS, { json: BODY, headers: key("k1") });
      const elsewhere = EVALUATIONS.replace("0f0e", "1f0e");
      expect((await send("POST", elsewhere, { json: BODY, headers: key("k1") })).status).toBe(200);
      expect((await send("GET", `${EXECUTIONS}?key=k1`)).json.total).toBe(2);
    }));

  test("without a key, or with a new one, each request makes another evaluation", () =>
    withOrg("documented", async ({ send }) => {
      const ids = [
        await send("POST", EVALUATIONS, { json: BODY }),
        await send("POST", EVALUATIONS, { json: BODY }),
        await send("POST", EVALUATIONS, { json: BODY, headers: key("k1") }),
        await send("POST", EVALUATIONS, { json: BODY, headers: key("k2") }),
      ].map(({ json }) => json.id);
      expect(new Set(ids).size).toBe(4);
    }));

  test("a 400 is forgotten: the key is free for the corrected body", () =>
    withOrg("documented", async ({ send }) => {
      expect((await send("POST", EVALUATIONS, { json: {}, headers: key("k1") })).status).toBe(400);
      expect((await send("POST", EVALUATIONS, { json: BODY, headers: key("k1") })).status).toBe(200);
    }));

  test("a lost answer is no second effect: the repeat with the same key gets the stored one", () =>
    withOrg("documented", async ({ send, mock }) => {
      mock.arm({ kind: "drop-response" });
      await expect(send("POST", EVALUATIONS, { json: BODY, headers: key("k1") })).rejects.toThrow();
      expect((await send("POST", EVALUATIONS, { json: BODY, headers: key("k1") })).status).toBe(200);
      expect((await send("GET", EXECUTIONS)).json.total).toBe(1);
    }));
});

describe("what the vendor demands of a body", () => {
  test("form, evaluator and agent must be there: all that are missing are named at once", () =>
    withOrg("documented", async ({ send }) => {
      const refused = await send("POST", EVALUATIONS, { json: { agent: null } });
      expect(refused.status).toBe(400);
      expect(refused.json).toMatchObject({
        code: "bad.request",
        details: ["evaluationForm", "evaluator", "agent"].map((fieldName) => ({
          errorCode: "missing.value",
          fieldName,
        })),
      });
    }));

  test.each([
    [{ ...BODY, agent: {} }, "missing.value", "agent.id"],
    [{ ...BODY, evaluator: { id: 7 } }, "invalid.value", "evaluator.id"],
    [{ ...BODY, assignee: {} }, "missing.value", "assignee.id"],
    [{ ...BODY, agent: USER }, "invalid.value", "agent"],
    [{ ...BODY, rescore: "yes" }, "invalid.value", "rescore"],
    [{ ...BODY, answers: [] }, "invalid.value", "answers"],
  ])("%j: %s at %s", (json, errorCode, fieldName) =>
    withOrg("documented", async ({ send, last }) => {
      const refused = await send("POST", EVALUATIONS, { json });
      expect(refused.status).toBe(400);
      expect(refused.json.details).toEqual([{ errorCode, fieldName }]);
      expect(last()).toMatchObject({ cause: "invalid-request", executed: false });
    }),
  );

  test("id and conversation of the body are passed over, and so are members that the type lacks", () =>
    withOrg("documented", async ({ send }) => {
      const json = { ...BODY, id: "mine", conversation: { id: USER }, shoeSize: 43 };
      const made = await send("POST", EVALUATIONS, { json });
      expect(made.json.id).not.toBe("mine");
      expect(made.json.conversation).toMatchObject({ id: CONVERSATION });
      expect(made.json).not.toHaveProperty("shoeSize");
    }));

  test("a conversation that does not exist is a 404", () =>
    withOrg("documented", async ({ send }) => {
      const path = EVALUATIONS.replace(CONVERSATION, "c1");
      expect((await send("POST", path, { json: BODY })).json).toMatchObject({
        code: "not.found",
        status: 404,
      });
    }));
});
