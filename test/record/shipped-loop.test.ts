import { describe, expect, test } from "vitest";
import { type Told, told } from "../import/closing-the-loop.js";
import { LOOPED } from "../import/looped.js";
import { everySendingStep } from "../scenarios/shipped.js";
import {
  alike,
  recordClient,
  refusalCauses,
  refusalCausesOfHar,
  replayImported,
  resend,
  runOriginal,
} from "./through-the-recorder.js";

/** What waits between requests has no pause in a recording that takes no time. */
const RECORDED = LOOPED.filter((shipped) => everySendingStep(shipped).every(({ retry }) => retry === null));

/** A recording hides callers' data, a run on the mock does not. */
function isHidden({ body }: Told): boolean {
  return body.includes("<personal:");
}

describe("what a client sent through the recorder is imported and sent again", () => {
  test("of most of the shipped scenarios", () => {
    expect(RECORDED.length).toBeGreaterThan(80);
  });

  test.each(RECORDED.map((each) => [each.name, each] as const))(
    "%s: byte for byte, with the same statuses and causes",
    async (_name, shipped) => {
      const original = await runOriginal(shipped);
      const recorded = await recordClient(original.setting, resend(original, shipped));
      const sent = [...recorded.section.exchanges].map(told);
      const first = [...original.section.exchanges].map(told);
      expect(sent).toEqual(sent.map((each, index) => (isHidden(each) ? each : first[index])));
      expect(recorded.decisions.map(({ status }) => status)).toEqual(first.map(({ status }) => status));

      const again = await replayImported(recorded.imported, original.setting);
      expect(alike(again.told)).toEqual(alike(sent));
      expect(again.decisions).toEqual(recorded.decisions);

      const causes = refusalCauses(original.section.exchanges);
      expect(refusalCauses(recorded.section.exchanges)).toEqual(causes);
      expect(refusalCausesOfHar(recorded.section)).toEqual(causes);
    },
  );
});
