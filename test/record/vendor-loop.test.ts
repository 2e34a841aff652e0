import { expect, test } from "vitest";
import { type Told, told } from "../import/closing-the-loop.js";
import { CONVERSATION, PARTICIPANT, policyOf } from "../mock/an-org.js";
import { client, invoke, rejectionOf } from "../mock/vendor-client.js";
import {
  recordClient,
  refusalCauses,
  refusalCausesOfHar,
  replayImported,
  type Setting,
} from "./through-the-recorder.js";

const SETTING: Setting = {
  policy: policyOf({ extends: "forum-lore" }),
  seed: 1,
  world: null,
  epochMs: Date.UTC(2026, 10, 21),
};

const AT = [CONVERSATION, PARTICIPANT] as const;
const WRITE = ["ConversationsApi", "patchConversationsCallParticipant", ...AT] as const;

/** Logs in, reads, writes, and writes something else under the same key. */
async function work(base: string): Promise<void> {
  client.setReturnExtendedResponses(true);
  client.setGateway({ host: "127.0.0.1", protocol: "http", port: Number(new URL(base).port) });
  await client.loginClientCredentialsGrant("cid", "csecret");
  await invoke(["ConversationsApi", "getConversation", CONVERSATION]);
  const under = { customHeaders: { "Idempotency-Key": "k1" } };
  await invoke([...WRITE, { held: true }, under]);
  const refusal = await rejectionOf([...WRITE, { held: false }, under]);
  expect(refusal).toMatchObject({ status: 409 });
}

/** Which codings a client can undo is its own affair. */
function withoutCodings(all: readonly Told[]): readonly Told[] {
  const isOther = (line: string): boolean => !line.startsWith("accept-encoding:");
  return all.map((each) => ({ ...each, headers: each.headers.filter(isOther) }));
}

test("what the vendor's SDK sent is imported without its login and sent again, with the same answers and causes", async () => {
  const { section, imported, decisions } = await recordClient(SETTING, work);
  const [login, ...sent] = [...section.exchanges].map(told);
  expect(login).toMatchObject({ request: expect.stringMatching(/^POST \S*\/oauth\/token$/), status: 200 });
  expect(sent.map(({ status }) => status)).toEqual([200, 200, 409]);
  expect(imported.notes).toContainEqual({
    place: "the recording, e1",
    text: "the login is left out: the target brings its own credentials",
  });

  const again = await replayImported(imported, SETTING);
  expect(withoutCodings(again.told)).toEqual(withoutCodings(sent));
  expect(again.decisions.map(({ cause, status }) => [cause, status])).toEqual(
    decisions.slice(1).map(({ cause, status }) => [cause, status]),
  );

  const causes = refusalCauses(section.exchanges);
  expect(causes).toContainEqual(expect.stringMatching(/^e4 key-reused-body-changed /));
  expect(refusalCausesOfHar(section)).toEqual(causes);
});
