import { attributes, content } from "./xml.js";

/** How a test case came out. `error`: it could not be decided. */
export type Outcome = "held" | "failure" | "error" | "skipped";

/** What is wrong with a test case that did not hold. */
export interface Complaint {
  /** One word or two, by which readers group. */
  readonly type: string;
  readonly message: string;
  /** Lines under the message. */
  readonly text: string;
}

/** Everything about one test case, made when it is written. */
export interface CaseDetail {
  readonly name: string;
  readonly timeMs: number | null;
  readonly complaint: Complaint;
  /** What was sent and answered. */
  readonly out: string;
}

/** A test case that is counted before it is written. */
export interface TestCase {
  readonly outcome: Outcome;
  readonly detail: () => CaseDetail;
}

/** Seconds with a thousandth, as every reader takes them. Pure. */
export function seconds(durationMs: number): string {
  return (Math.max(0, durationMs) / 1000).toFixed(3);
}

/** Lines of one test case. Pure. */
export function testCaseText({ outcome, detail }: TestCase, classname: string): string {
  const { name, timeMs, complaint, out } = detail();
  const { type, message, text } = complaint;
  const time = timeMs === null ? null : seconds(timeMs);
  const lines = [
    ...(outcome === "held"
      ? []
      : [`      <${outcome}${attributes({ type, message })}>${content(text)}</${outcome}>`]),
    ...(out === "" ? [] : [`      <system-out>${content(out)}</system-out>`]),
  ];
  const start = `    <testcase${attributes({ name, classname, time })}`;
  return lines.length === 0 ? `${start}/>\n` : `${start}>\n${lines.join("\n")}\n    </testcase>\n`;
}
