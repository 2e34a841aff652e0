import { headerValue } from "../../core/http.js";
import type { Seen } from "../seen.js";

/** Elasticsearch creates under a path or parameter of its own, DynamoDB by a condition. */
const CREATES_ONLY: readonly (readonly [where: "url" | "body", form: RegExp, words: string])[] = [
  ["url", /\/_create\/|[?&]op_type=create\b/, "Elasticsearch's create"],
  ["body", /"ConditionExpression"\s*:\s*"\s*attribute_not_exists\b/, "the condition attribute_not_exists"],
];

/** By what a request asks that nothing be there yet; null where it does not. Pure. */
export function createOnlyIn({ exchange: { request } }: Seen): string | null {
  const header = headerValue(request.headers, "if-none-match");
  if (header !== null) return `If-None-Match ${header}`;
  return CREATES_ONLY.find(([where, form]) => form.test(request[where]))?.[2] ?? null;
}
