import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Mock } from "../../src/mock/mock.js";
import { startMock } from "../../src/mock/start-mock.js";
import { renderHar } from "../../src/report/har/render-har.js";
import { diagnoseAll } from "../../src/session/diagnose-journal.js";
import { openSection } from "../../src/session/diagnose-recording.js";
import { exchangesOfHar } from "../../src/session/from-har.js";
import { buildReport } from "../../src/session/replay.js";
import { CONVERSATION, PARTICIPANT, policyOf } from "../mock/an-org.js";
import { client, invoke, rejectionOf } from "../mock/vendor-client.js";
import { recordTo } from "./recorded.js";

let mock: Mock;

beforeAll(async () => {
  mock = await startMock({ policy: policyOf({ extends: "forum-lore" }) });
});

afterAll(() => mock.close());

const AT = [CONVERSATION, PARTICIPANT] as const;
const WRITE = ["ConversationsApi", "patchConversationsCallParticipant", ...AT] as const;

describe("the vendor's JavaScript SDK, recorded", () => {
  test("asks and is answered as without a recorder, and its recording and the HAR of it are explained alike", async () => {
    const { port, stop, recorder, text } = await recordTo(mock.url);
    client.setAccessToken(mock.token(null, "valid") ?? "");
    client.setReturnExtendedResponses(true);
    client.setGateway({ host: "127.0.0.1", protocol: "http", port });
    const under = (key: string): object => ({ customHeaders: { "Idempotency-Key": key } });
    const first = await invoke([...WRITE, { held: true }, under("k1")]);
    expect(first).toMatchObject({ status: 200 });
    const refusal = await rejectionOf([...WRITE, { held: false }, under("k1")]);
    expect(refusal).toMatchObject({ status: 409 });
    const exchanges = await stop();
    expect(
      exchanges.map(({ request, response }) => [request.method, request.body, response?.status]),
    ).toEqual([
      ["PATCH", '{"held":true}', 200],
      ["PATCH", '{"held":false}', 409],
    ]);
    expect(exchanges.map(({ response }) => response?.status)).toEqual(
      mock.trace().map(({ status }) => status),
    );
    expect(text()).not.toContain(mock.token(null, "valid"));

    const { section, close } = openSection(recorder.run);
    const named = (each: readonly { cause: string; certainty: string; exchange: string }[]): unknown =>
      each.map(({ cause, certainty, exchange }) => [cause, certainty, exchange]);
    const har = exchangesOfHar([...renderHar(buildReport([section]), {})].join(""));
    const { timesKnown, bodiesExact } = har.recording;
    const { diagnoses } = diagnoseAll(har, { timesKnown, bodiesExact });
    expect(section.counts).toMatchObject({ exchanges: 2, writes: 2, conflicts: 1 });
    expect(named(section.diagnoses)).toContainEqual(["key-reused-body-changed", expect.anything(), "e2"]);
    expect(named(diagnoses)).toEqual(named(section.diagnoses));
    close();
  });
});
