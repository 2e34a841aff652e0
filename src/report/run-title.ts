import type { RunSection } from "./report.js";

/** What a run was made on, where that is a mock: `MOCK obeying forum-lore`; null for anything else. Pure. */
export function mockWords({ target, confirmedOn }: RunSection): string | null {
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
