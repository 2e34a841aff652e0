import { type ByteRange, type ByteSource, chunksOf } from "./byte-source.js";
import type { Members } from "./loose-json.js";

/** Where the parts of a HAR lie. The rest of the file is not looked at closely: each entry is parsed on its own. */
export interface HarOutline {
  /** Members of `log` that are short: version, creator, browser. */
  readonly head: Members;
  /** Objects in `log.entries`, in the order of the file. */
  readonly entries: readonly ByteRange[];
  readonly hasEntries: boolean;
  /** Offset at which the text ends too early or stops being JSON; null: it is whole. */
  readonly brokenAt: number | null;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** Depth of the values in `log`, and in `log.entries`. */
const IN_LOG = 2;
const IN_ENTRIES = 3;

const HEAD_MEMBERS = ["version", "creator", "browser"];
const LONGEST_HEAD_MEMBER = 100_000;

interface Scanner {
  /** Takes the next chunk; false once the text is broken. */
  readonly feed: (bytes: Buffer, offset: number) => boolean;
  readonly finish: (size: number) => HarOutline;
}

function createScanner(source: ByteSource): Scanner {
  const stack: number[] = [];
  const names = ["", "", ""];
  const entries: ByteRange[] = [];
  const head: Record<string, unknown> = {};
  let [inString, escaped, hasEntries, done] = [false, false, false, false];
  let [stringStart, stringEnd, valueStart, entryStart] = [0, 0, 0, 0];
  let brokenAt: number | null = null;

  const textOf = (start: number, end: number): unknown => {
    if (end - start > LONGEST_HEAD_MEMBER) return null;
    try {
      return JSON.parse(source.read(start, end).toString("utf8"));
    } catch {
      return null;
    }
  };
  const inLog = (): boolean => names[1] === "log" && stack.length === IN_LOG;
  const endMember = (offset: number): void => {
    const name = names[IN_LOG] ?? "";
    if (inLog() && HEAD_MEMBERS.includes(name)) head[name] = textOf(valueStart, offset);
    if (stack.length <= IN_LOG) names[stack.length] = "";
  };
  const open = (byte: number, offset: number): void => {
    if (byte === OPEN_ARRAY && inLog() && names[2] === "entries") hasEntries = true;
    if (stack.length === IN_ENTRIES) entryStart = offset;
    stack.push(byte);
  };
  const close = (byte: number, offset: number): boolean => {
    endMember(offset);
    const opened = stack.pop();
    if (opened !== (byte === CLOSE_OBJECT ? OPEN_OBJECT : OPEN_ARRAY)) return false;
    const inEntries = stack.length === IN_ENTRIES && stack[2] === OPEN_ARRAY;
    if (inEntries && opened === OPEN_OBJECT && names[1] === "log" && names[2] === "entries")
      entries.push({ start: entryStart, end: offset + 1 });
    done = stack.length === 0;
    return true;
  };
  const endString = (offset: number): void => {
    inString = false;
    stringEnd = offset + 1;
  };
  const structure = (byte: number, offset: number): boolean => {
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) open(byte, offset);
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) return close(byte, offset);
    else if (stack.length > IN_LOG) return true;
    else if (byte === COMMA) endMember(offset);
    else if (byte === COLON) {
      names[stack.length] = String(textOf(stringStart, stringEnd));
      valueStart = offset + 1;
    }
    return true;
  };
  const feed = (bytes: Buffer, offset: number): boolean => {
    for (let at = 0; at < bytes.length && !done; at++) {
      const byte = bytes[at] ?? 0;
      if (escaped) escaped = false;
      else if (inString) {
        if (byte === QUOTE) endString(offset + at);
        else if (byte === BACKSLASH) escaped = true;
      } else if (byte === QUOTE) {
        inString = true;
        stringStart = offset + at;
      } else if (byte >= COMMA && !structure(byte, offset + at)) {
        brokenAt = offset + at;
        return false;
      }
    }
    return !done;
  };
  const finish = (size: number): HarOutline => ({
    head,
    entries,
    hasEntries,
    brokenAt: brokenAt ?? (done ? null : size),
  });
  return { feed, finish };
}

/** Finds the entries of a HAR, one chunk of it in memory at a time; what comes after the last brace is not looked at. */
export function outlineHar(source: ByteSource): HarOutline {
  const scanner = createScanner(source);
  for (const { bytes, offset } of chunksOf(source)) if (!scanner.feed(bytes, offset)) break;
  return scanner.finish(source.size);
}
