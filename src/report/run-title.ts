import type { RunSection } from "./report.js";

/** Who wrote a HAR that was made on the mock: whoever reads it again must be able to say so. */
export const MOCK_RECORDER = "gcidem on its MOCK";

/** What a run was made on, where that is a mock: `MOCK obeying forum-lore`; null for anything else. Pure. */
export function mockWords({ target, confirmedOn, recording }: RunSection): string | null {
  if (recording?.recordedBy?.startsWith(MOCK_RECORDER) === true) return "MOCK";
  const mock = target.kind === "mock" ? target : confirmedOn?.kind === "mock" ? confirmedOn : null;
  if (mock === null) return null;
  if (mock.policy === null) return "MOCK";
  return `MOCK obeying ${mock.policy === "inline" ? "the scenario's own policy" : mock.policy}`;
}

/** `MOCK obeying forum-lore: Same key, changed body`: no title of what was made on the mock hides that it was. Pure. */
export function runTitle(run: RunSection): string {
  const name = run.scenario.name || run.scenario.file || run.id;
  const mock = mockWords(run);
  return mock === null ? name : `${mock}: ${name}`;
}
