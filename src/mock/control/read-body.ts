import { formatPosition, positionAt } from "../../core/errors.js";
import { JsonSyntaxError, parseJson } from "../../core/json.js";
import type { MockRequest } from "../request.js";
import { type ControlAnswer, refusing } from "./control-answer.js";
import type { Shape } from "./shape.js";

/** The largest body that a control request may have, in bytes: as large as a policy file may be. */
const MAX_CONTROL_BYTES = 2 * 1024 * 1024;

/** A body that can be used, or the answer to one that cannot. */
export type ReadBody<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly answer: ControlAnswer };

function bad<T>(status: number, message: string): ReadBody<T> {
  return { ok: false, answer: refusing(status, message) };
}

const JSON_TYPE = /^application\/(?:json|[\w.-]+\+json)\s*(?:;|$)/i;
const YAML_TYPE = /^(?:application|text)\/(?:x-)?yaml\s*(?:;|$)/i;

/** What a request says that its body is. */
function typeOf(request: MockRequest): "json" | "yaml" | null {
  const type = request.headers["content-type"] ?? "";
  if (JSON_TYPE.test(type)) return "json";
  return YAML_TYPE.test(type) ? "yaml" : null;
}

function decode(body: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

/** `body:LINE:COLUMN: what was expected`; null where the text is JSON. */
function syntaxProblem(json: string): string | null {
  try {
    parseJson(json);
    return null;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const expected = error.message.replace(/ at offset \d+$/, "");
    return `${formatPosition(positionAt("body", json, error.offset))}: ${expected}`;
  }
}

/** The text of a body that is JSON (or YAML, where that may be), of bounded size. Pure. */
export function readText(request: MockRequest, { yaml }: { readonly yaml: boolean }): ReadBody<string> {
  const type = typeOf(request);
  if (type === null || (type === "yaml" && !yaml)) {
    const sent = request.headers["content-type"];
    const found = sent === undefined ? "no Content-Type" : `Content-Type ${sent}`;
    return bad(415, `found ${found}, expected application/json${yaml ? " or application/yaml" : ""}`);
  }
  if (request.body.length > MAX_CONTROL_BYTES) {
    return bad(413, `found ${request.body.length} bytes, expected at most ${MAX_CONTROL_BYTES}`);
  }
  const text = decode(request.body);
  if (text === null) return bad(400, "the body is not UTF-8");
  const problem = type === "json" ? syntaxProblem(text) : null;
  return problem === null ? { ok: true, value: text } : bad(400, problem);
}

/** A body of a shape, which the caller names as `T`; every problem of it in one answer. Pure. */
export function readJson<T>(request: MockRequest, shape: Shape): ReadBody<T> {
  const read = readText(request, { yaml: false });
  if (!read.ok) return read;
  const value: unknown = JSON.parse(read.value);
  const problems = shape(value, "");
  return problems.length === 0 ? { ok: true, value: value as T } : bad(400, problems.join("\n"));
}
