/** Where a value stands: names of members and indexes, from the outside in. It changes while the text is read. */
export type JsonPlace = readonly (string | number)[];

/** The JSON text in the place of a string's or number's own; null leaves it as it is. */
export type ReplaceScalar = (json: string, at: JsonPlace) => string | null;

/** One past a string's closing quote; the end of the text where it has none. */
function endOfString(text: string, start: number): number {
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) return text.length;
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}

/** The value of a JSON string; of one that is cut or malformed what stands between its quotes. Pure. */
export function stringOfJson(json: string): string {
  // Nearly every name has no escape, and needs no parser.
  if (json.length > 1 && json.endsWith('"') && !json.includes("\\")) return json.slice(1, -1);
  try {
    return String(JSON.parse(json));
  } catch {
    return json.replace(/^"|"$/g, "");
  }
}

const NUMBER = /[-\d][\d.eE+-]*/y;

/**
 * A JSON text with some of its strings and numbers replaced; every other byte stays as it was. Text that is cut or
 * malformed is read as far as it looks like JSON. Pure.
 */
export function replaceInJson(text: string, replace: ReplaceScalar): string {
  const place: (string | number)[] = [];
  const pieces: string[] = [];
  let copied = 0;
  let expectsName = false;
  const put = (start: number, end: number): void => {
    const instead = replace(text.slice(start, end), place);
    if (instead === null) return;
    pieces.push(text.slice(copied, start), instead);
    copied = end;
  };
  const next = (): void => {
    const last = place.at(-1);
    expectsName = typeof last === "string";
    if (typeof last === "number") place[place.length - 1] = last + 1;
  };
  const readString = (start: number): number => {
    const end = endOfString(text, start);
    if (expectsName) place[place.length - 1] = stringOfJson(text.slice(start, end));
    else put(start, end);
    return end;
  };
  const readNumber = (start: number): number => {
    NUMBER.lastIndex = start;
    const end = start + (NUMBER.exec(text)?.[0].length ?? 1);
    put(start, end);
    return end;
  };
  const open = (first: string | number): void => {
    place.push(first);
    expectsName = first === "";
  };
  const close = (): void => {
    place.pop();
    expectsName = false;
  };
  for (let index = 0; index < text.length; ) {
    const character = text[index] ?? "";
    if (character === '"') index = readString(index);
    else if (character === "-" || (character >= "0" && character <= "9")) index = readNumber(index);
    else {
      if (character === "{") open("");
      else if (character === "[") open(0);
      else if (character === "}" || character === "]") close();
      else if (character === ",") next();
      else if (character === ":") expectsName = false;
      index += 1;
    }
  }
  return copied === 0 ? text : pieces.join("") + text.slice(copied);
}
