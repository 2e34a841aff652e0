/**
 * East Asian wide and fullwidth characters (UAX #11) and emoji take two columns. The ranges are those that cli-table3
 * pads by, so that a row is as wide as it was planned; characters of ambiguous width take one.
 */
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3040-\u3247\u3250-\u4dbf\u4e00-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b001}\u{1f200}-\u{1f251}\u{20000}-\u{3fffd}\p{Emoji_Presentation}\p{Emoji_Modifier_Base}]/u;
const COMBINING = /[\u0300-\u036f]/;
const ASCII = /^[ -~]*$/;

function characterWidth(character: string): number {
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Columns that text takes on a terminal; an upper bound where terminals disagree (joined emoji). Pure. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The longest beginning of a text that takes at most so many columns. Pure. */
export function headOf(text: string, columns: number): string {
  if (ASCII.test(text)) return text.slice(0, Math.max(0, columns));
  let width = 0;
  let head = "";
  for (const character of text) {
    width += characterWidth(character);
    if (width > columns) break;
    head += character;
  }
  return head;
}

/** The longest end of a text that takes at most so many columns. Pure. */
export function tailOf(text: string, columns: number): string {
  let width = 0;
  const kept: string[] = [];
  for (const character of [...text].reverse()) {
    width += characterWidth(character);
    if (width > columns) break;
    kept.push(character);
  }
  return kept.reverse().join("");
}

/**
 * What joins emoji into one, and emoji newer than cli-table3's tables: it would count fewer columns than a terminal
 * shows, and the row would run over.
 */
const UNCERTAIN =
  /[\u200d\u20e3\ufe0f\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}\u{1f6d6}-\u{1f6ff}\u{1f7f0}\u{1f90c}\u{1f972}\u{1f977}-\u{1f979}\u{1f9a3}\u{1f9a4}\u{1f9ab}-\u{1f9ad}\u{1f9cb}\u{1f9cc}\u{1fa74}-\u{1faff}\u{e0020}-\u{e007f}]/gu;

/** Text whose width in a table is beyond doubt: characters of uncertain width are shown as their escapes. Pure. */
export function certainWidth(text: string): string {
  return text.replace(UNCERTAIN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
