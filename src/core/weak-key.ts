/** Why others may come to the same idempotency key. */
export interface WeakKey {
  readonly kind: "short" | "sequential" | "time-based";
  /** A clause with the key in it: `"order-1" and "order-2" count up`. */
  readonly because: string;
}

const LONGEST_SHOWN = 48;

function shown(key: string): string {
  return `"${key.length > LONGEST_SHOWN ? `${key.slice(0, LONGEST_SHOWN - 1)}…` : key}"`;
}

/** Date and time as text, with or without punctuation. */
const CALENDAR = /(?:19|20)\d\d-?[01]\d-?[0-3]\d[T _-]?[0-2]\d:?[0-5]\d(?::?[0-5]\d)?(?:[.,]\d+)?Z?/;
/** Seconds, milliseconds, microseconds or nanoseconds since 1970, from 2001 to 2128. */
const SINCE_1970 = /(?<![0-9a-f])[1-4]\d{9}(?:\d{3}){0,3}(?![0-9a-f])/i;
/** UUIDs of versions 1 and 6 are an instant and the machine's name. */
const TIME_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[16][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
/** What is left beside an instant may be random enough by itself: so many hexadecimal digits, or letters and digits mixed. */
const RANDOM_PART = /[0-9a-f]{16}|(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{12}/i;

function instantIn(key: string): string | null {
  if (TIME_UUID.test(key)) return key;
  const found = (CALENDAR.exec(key) ?? SINCE_1970.exec(key))?.[0];
  if (found === undefined) return null;
  const rest = key.replace(found, " ").replace(/-/g, "");
  return RANDOM_PART.test(rest) ? null : found;
}

function timeBased(keys: readonly string[]): WeakKey | null {
  for (const key of keys) {
    const instant = instantIn(key);
    if (instant === null) continue;
    const what = instant === key ? "is made of the time" : `has little but the time in it (${instant})`;
    return { kind: "time-based", because: `${shown(key)} ${what}: what starts at one instant gets one key` };
  }
  return null;
}

/** Steps by which a counter moves. */
const LARGEST_STEP = 2;

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

function commonEnd(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a.at(-1 - length) === b.at(-1 - length)) length++;
  return length;
}

/** The parts in which two keys differ, as numbers; NaN where they are none. */
function differingNumbers(a: string, b: string): readonly [number, number] {
  const start = commonStart(a, b);
  const end = Math.min(commonEnd(a, b), a.length - start, b.length - start);
  const parts = [a, b].map((key) => key.slice(start, key.length - end));
  const base = parts.every((part) => /^\d{1,9}$/.test(part)) ? 10 : 16;
  const [first = Number.NaN, second = Number.NaN] = parts.map((part) =>
    /^[0-9a-f]{1,8}$/i.test(part) ? Number.parseInt(part, base) : Number.NaN,
  );
  return [first, second];
}

function sequential(keys: readonly string[]): WeakKey | null {
  // Neighbours in this order are neighbours in counting: 9 comes before 10.
  const sorted = [...new Set(keys)].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  for (const [index, key] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next === undefined) break;
    const [first, second] = differingNumbers(key, next);
    if (Math.abs(first - second) <= LARGEST_STEP)
      return {
        kind: "sequential",
        because: `${shown(key)} and ${shown(next)} count up: another client that counts gets the same`,
      };
  }
  return null;
}

/** As many as a hexadecimal key of 16 digits can hold. */
const ENOUGH_BITS = 64;

function mostBits(key: string): number {
  const text = key.replace(/[-_:.]/g, "");
  const alphabet = [/^\d*$/, /^[0-9a-f]*$/, /^[0-9a-z]*$/].findIndex((pattern) => pattern.test(text));
  return text.length * Math.log2([10, 16, 36][alphabet] ?? 62);
}

function short(keys: readonly string[]): WeakKey | null {
  const key = keys.find((each) => mostBits(each) < ENOUGH_BITS);
  if (key === undefined) return null;
  const count = `${key.length} ${key.length === 1 ? "character" : "characters"}`;
  return { kind: "short", because: `${shown(key)} has ${count}: others may well come to the same` };
}

/**
 * What is weak about idempotency keys that clients made: they contain the time and little else, they count up, or they are
 * short. Null where none of it is seen; a single key never counts up. An instant beside something random is not weak. Pure.
 */
export function weakKey(keys: readonly string[]): WeakKey | null {
  const given = keys.filter((key) => key !== "");
  return timeBased(given) ?? sequential(given) ?? short(given);
}
