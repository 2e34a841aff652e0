import { type ServerResponse, STATUS_CODES } from "node:http";
import { printable } from "../core/printable.js";

/** An answer of the recorder's own (RFC 9457), where there is none of the upstream to pass. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

/** The body of such an answer. Pure. */
export function problemText({ status, code, detail }: Problem): string {
  const said = `gcidem record: ${printable(detail)}`;
  return `${JSON.stringify({ type: "about:blank", title: STATUS_CODES[status], status, detail: said, code })}\n`;
}

/** Answers a client in the recorder's own name. */
export function answerProblem(response: ServerResponse, problem: Problem): void {
  const text = problemText(problem);
  response.writeHead(problem.status, {
    "Content-Type": "application/problem+json",
    "Content-Length": Buffer.byteLength(text),
    "Cache-Control": "no-store",
  });
  response.end(text);
}
