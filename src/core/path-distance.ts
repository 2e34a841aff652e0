import { editDistance } from "./edit-distance.js";

const LONGEST_SEGMENT = 64;

/** What it costs to leave out a segment, to have one too many, or to take a name for a value. */
const WHOLE_SEGMENT = 1;
/** `/api/v2` is what people forget, or put twice. */
const PREFIX_SEGMENT = 0.5;
const ANY_VALUE = 0.1;
const OTHER_WORD = 3;
/** The share of wrong letters up to which a word is a slip. */
const MOST_WRONG = 1 / 3;
/** Another word for the same thing: less than a slip, since somebody chose it. */
const SYNONYM = 0.2;

function priceOf(segment: string): number {
  if (segment === "") return ANY_VALUE;
  return segment === "api" || /^v\d$/.test(segment) ? PREFIX_SEGMENT : WHOLE_SEGMENT;
}

/** 0 for the same word, up to a third for a slip; more than two whole segments for another word. */
function misspelling(sent: string, meant: string): number {
  if (meant.startsWith("{")) return sent === "" ? OTHER_WORD : ANY_VALUE;
  const [a, b] = [sent.toLowerCase(), meant.toLowerCase()];
  if (a === b) return sent === meant ? 0 : ANY_VALUE;
  if (a.length > LONGEST_SEGMENT) return OTHER_WORD;
  const longer = Math.max(a.length, b.length);
  // Spares most comparisons: so many letters would have to be added.
  if (Math.abs(a.length - b.length) > longer * MOST_WRONG) return OTHER_WORD;
  const share = editDistance(a, b) / longer;
  return share <= MOST_WRONG ? share : OTHER_WORD;
}

/** What it costs to leave out the first 0, 1, 2 ... segments. */
function runningPrices(segments: readonly string[]): readonly number[] {
  const prices = [0];
  for (const segment of segments) prices.push((prices.at(-1) ?? 0) + priceOf(segment));
  return prices;
}

/** The segments of a path that begins with `/`. Pure. */
export function segmentsOf(path: string): readonly string[] {
  return path.split("/").slice(1);
}

/**
 * How far a path is from a template with `{name}` segments, segment by segment: 0 for the same words, about 0.1 for a value
 * in place of a name, up to a third for a slip of the pen, 1 for a segment too many or too few. `synonyms` has words that
 * people use for others, as `sent meant`. Pure.
 */
export function pathDistance(
  sent: readonly string[],
  meant: readonly string[],
  synonyms: ReadonlySet<string> | null = null,
): number {
  let previous: readonly number[] = runningPrices(sent);
  for (const template of meant) {
    const row: number[] = [(previous[0] ?? 0) + priceOf(template)];
    for (const [index, segment] of sent.entries()) {
      const other = synonyms?.has(`${segment} ${template}`) === true;
      row.push(
        Math.min(
          (previous[index] ?? 0) + (other ? SYNONYM : misspelling(segment, template)),
          (previous[index + 1] ?? 0) + priceOf(template),
          (row[index] ?? 0) + priceOf(segment),
        ),
      );
    }
    previous = row;
  }
  return previous.at(-1) ?? 0;
}
