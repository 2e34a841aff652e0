import { describe, expect, test } from "vitest";
import { load, problemsOf } from "./loading.js";

function withState(state: string): string {
  return `world: { conversations: [{ id: c, state: ${state} }] }\nsteps: [{ wait: 1s }]\n`;
}

describe("the state of a conversation in the world", () => {
  test.each(["alerting", "connected", "terminated", "none"])("may be %s", (state) => {
    expect(JSON.stringify(load(withState(state)).world)).toContain(state);
  });

  test("may be a template, which is filled in when a round begins", () => {
    const text = `vars: { state: dialing }\n${withState("$(state)")}`;
    expect(load(text).steps).toHaveLength(1);
  });

  test("is one that the vendor documents: another word is told with the nearest one", () => {
    const [problem, ...rest] = problemsOf(withState("conected"));
    expect(rest).toEqual([]);
    expect(problem).toContain("1:42 found the text `conected`, expected alerting, dialing, contacting");
    expect(problem).toContain("did you mean `connected`?");
  });
});
