/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What no field value can have: all but tab, visible ASCII, the blank and bytes above them. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/gu;

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
