import type { HeaderList } from "../core/http.js";

/** RFC 9110, 5.6.2. */
const NAME = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";

const TOKEN = new RegExp(`^${NAME}$`);

/** What no field value can have: all but tab, visible ASCII, the blank and bytes above them. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/gu;

/** A name and its value that HTTP can say as they are. */
const LINE = new RegExp(`^${NAME}: [\\t\\x20-\\x7e\\x80-\\xff]*$`);

/** Of nearly every answer; its line need not be looked at each time. */
export const JSON_HEADER: HeaderList[number] = ["Content-Type", "application/json"];
const JSON_LINE = `${JSON_HEADER[0]}: ${JSON_HEADER[1]}\r\n`;

/** Headers as lines of HTTP/1.1; null where one of them cannot be said as it is. Pure. */
export function headerLines(headers: HeaderList): string | null {
  let lines = "";
  for (const header of headers) {
    if (header === JSON_HEADER) {
      lines += JSON_LINE;
      continue;
    }
    const line = `${header[0]}: ${header[1]}`;
    if (!LINE.test(line)) return null;
    lines += `${line}\r\n`;
  }
  return lines;
}

function percentEncoded(character: string): string {
  let text = "";
  for (const byte of Buffer.from(character)) text += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  return text;
}

/**
 * Headers as HTTP can say them: what no value may hold is percent-encoded, and a name that is none is left out. A policy
 * may ask for both: a key from a query that comes back as a header, a marker of any name. Pure.
 */
export function sendableHeaders(headers: readonly string[]): string[] {
  const sendable: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const [name = "", value = ""] = headers.slice(index, index + 2);
    if (TOKEN.test(name)) sendable.push(name, value.replace(UNSENDABLE, percentEncoded));
  }
  return sendable;
}
