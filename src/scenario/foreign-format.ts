import type { Problem } from "../core/errors.js";

/** A command behind comments and the prompts of shells. */
const CURL =
  /^\s*(?:#[^\n]*\n\s*)*(?:(?:[$%>❯➜]|PS [^>\n]*>|[A-Za-z]:\\[^>\n]*>|[\w.-]+@[\w.-]+[^\n$#%>]*[$#%>]) *)?curl(?:\.exe)?\s/;

/** Formats that `gcidem import` turns into scenarios, by how their files begin. */
const FORMATS: readonly (readonly [name: string, test: (text: string, file: string) => boolean])[] = [
  ["curl", (text) => CURL.test(text)],
  ["a HAR file", (text, file) => /\.har$/i.test(file) || /^\s*\{\s*"log"\s*:\s*\{/.test(text)],
  [
    "a Postman collection",
    // One of version 1 has neither; import says how to convert it.
    (text) =>
      /^\s*\{/.test(text) &&
      (/"_postman_id"|schema\.getpostman\.com/.test(text) ||
        /"order"\s*:\s*\[.*"requests"\s*:\s*\[/s.test(text)),
  ],
  ["a log of the Genesys SDK", isSdkLog],
  ["a saved run", (text) => /^\s*\{"type":"run-started"/.test(text)],
  ["an .http file", (text, file) => /\.(?:http|rest)$/i.test(file) || isHttpFile(text)],
];

/** A record of the SDK's JSON log stands on one line; a logger may put something before it. */
const SDK_RECORD = /^[^\n]*\{"(?:correlationId|date|level|message)":[^\n]*"statusCode":\d/m;

function isSdkLog(text: string): boolean {
  return SDK_RECORD.test(text) && !/^steps:/m.test(text);
}

const REQUEST_LINE = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) +(?:https?:\/\/|\{\{)\S+/;

function isHttpFile(text: string): boolean {
  const first = text.split("\n").find((line) => !/^\s*(?:#|\/\/|@\w|$)/.test(line));
  return REQUEST_LINE.test(first?.trim() ?? "");
}

/** Looking at the start is enough, and such files can be large. */
const START_LENGTH = 20_000;

/** The one problem of a file that is no scenario but something that `import` reads; null for anything else. Pure. */
export function foreignFormat(text: string, file: string): Problem | null {
  const start = text.slice(0, START_LENGTH);
  const found = FORMATS.find(([, test]) => test(start, file));
  if (found === undefined) return null;
  const at = { file, line: 1, column: 1 };
  return { at, message: `this is ${found[0]}: gcidem import ${file}` };
}
