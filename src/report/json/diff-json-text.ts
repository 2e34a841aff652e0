import type { BodyChange, ExchangeDiff, HeaderDiff, MessageDiff } from "../../compare/compare.js";
import { type JsonNode, survivesJsonParse, writeJson } from "../../core/json.js";

type Member = readonly [name: string, jsonText: string];

function objectText(members: readonly Member[]): string {
  return `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`;
}

/** A value as it was sent; where JSON.parse would lose a digit or a member, its text besides, as a string. */
function valueMembers(name: "from" | "value", node: JsonNode | undefined): readonly Member[] {
  if (node === undefined) return [];
  const text = writeJson(node);
  const exact: Member = [`${name}Text`, JSON.stringify(text)];
  return survivesJsonParse(text) ? [[name, text]] : [[name, text], exact];
}

function changeMembers({ op, path, from, value }: BodyChange): readonly Member[] {
  return [
    ["op", JSON.stringify(op)],
    ["path", JSON.stringify(path)],
    ...valueMembers("from", from),
    ...valueMembers("value", value),
  ];
}

/** Names in lower case, as HTTP compares them. */
function headerMembers({ name, base, other }: HeaderDiff): readonly Member[] {
  return Object.entries({ name: name.toLowerCase(), base, other }).map(([key, value]) => [
    key,
    JSON.stringify(value),
  ]);
}

function part(name: string, members: readonly Member[]): string {
  return objectText([["part", JSON.stringify(name)], ...members]);
}

function pair(name: "method" | "url", [from, value]: readonly [string, string]): readonly string[] {
  if (from === value) return [];
  return [part(name, [["from", JSON.stringify(from)] as const, ["value", JSON.stringify(value)] as const])];
}

/** What was sent differs in many places; one list holds them all, each saying which part it is about. */
function requestTexts(request: ExchangeDiff["request"]): readonly string[] {
  return [
    ...pair("method", request.method),
    ...pair("url", request.url),
    ...request.headers.map((header) => part("header", headerMembers(header))),
    ...request.body.map((change) => part("body", changeMembers(change))),
    ...(request.respelled.length === 0
      ? []
      : [part("spelling", [["respelled", JSON.stringify(request.respelled)]])]),
  ];
}

/** One comparison as the JSON report has it. Numbers keep the text that they were sent with. Pure. */
export function diffJsonText(diff: ExchangeDiff): string {
  const { response, request } = diff;
  const ofBoth = (read: (message: MessageDiff) => unknown): string =>
    JSON.stringify({ request: read(request), response: response === null ? null : read(response) });
  return objectText([
    ["base", JSON.stringify(diff.base)],
    ["other", JSON.stringify(diff.other)],
    ["status", JSON.stringify(diff.status)],
    ["error", JSON.stringify(diff.error)],
    [
      "headers",
      `[${(response?.headers ?? []).map((header) => objectText(headerMembers(header))).join(",")}]`,
    ],
    ["body", `[${(response?.body ?? []).map((change) => objectText(changeMembers(change))).join(",")}]`],
    ["request", `[${requestTexts(request).join(",")}]`],
    ["bodies", ofBoth((message) => message.bodies)],
    ["omitted", ofBoth((message) => message.omitted)],
    ["correlationIdDiffers", String(diff.correlationIdDiffers)],
    ["folded", String(diff.folded)],
  ]);
}
