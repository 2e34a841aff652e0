import { createCollector, type Words } from "./words.js";

/** A character as cmd.exe hands it on, with the line that it stood in; `end`: the command ends here. */
interface Handed {
  readonly character: string;
  readonly line: number;
  readonly end: boolean;
}

/**
 * What cmd.exe makes of a text before the program sees it: a caret outside quotation marks takes the meaning of the next
 * character away and joins lines, inside of them it stands for itself. Browsers write `^"` and `^^`.
 */
function handOn(text: string): readonly Handed[] {
  const handed: Handed[] = [];
  let [quoted, line] = [false, 1];
  for (let at = 0; at < text.length; at++) {
    let character = text[at] ?? "";
    if (character === "\r") continue;
    if (character === "^" && !quoted) {
      at += text[at + 1] === "\r" ? 2 : 1;
      character = text[at] ?? "";
      if (character === "\n") {
        line += 1;
        at += text[at + 1] === "\r" ? 2 : 1;
        character = text[at] ?? "";
        if (character === " ") {
          at -= 1;
          continue;
        }
      }
      handed.push({ character, line, end: false });
    } else {
      if (character === '"') quoted = !quoted;
      const end = character === "\n" || (!quoted && (character === "&" || character === "|"));
      if (character === "\n") quoted = false;
      handed.push({ character, line, end });
    }
    if (character === "\n") line += 1;
  }
  return handed;
}

const VARIABLE = /%([A-Za-z_]\w*)%/;

/** Words of command lines as cmd.exe and the C runtime behind it read them; `%NAME%` becomes a mark. Pure. */
export function cmdWords(text: string): Words {
  const into = createCollector();
  const handed = handOn(text);
  let [quoted, literal] = [false, ""];
  const flush = (): void => {
    for (const [index, part] of literal.split(VARIABLE).entries()) {
      if (index % 2 === 1) into.variable(part);
      else if (part !== "") into.add(part);
    }
    literal = "";
  };
  for (let at = 0; at < handed.length; at++) {
    const { character, line, end } = handed[at] ?? { character: "", line: 1, end: true };
    into.line(line - into.line());
    if (end) {
      flush();
      if (quoted) into.unclosed();
      quoted = false;
      into.endCommand();
    } else if (character === "\\") {
      let slashes = 1;
      while (handed[at + slashes]?.character === "\\") slashes += 1;
      const beforeQuote = handed[at + slashes]?.character === '"';
      literal += "\\".repeat(beforeQuote ? Math.floor(slashes / 2) : slashes);
      if (beforeQuote && slashes % 2 === 1) literal += '"';
      at += beforeQuote && slashes % 2 === 1 ? slashes : slashes - 1;
    } else if (character === '"' && quoted && handed[at + 1]?.character === '"') {
      literal += '"';
      at += 1;
    } else if (character === '"') {
      quoted = !quoted;
      into.add("");
    } else if (/\s/.test(character) && !quoted) {
      flush();
      into.endWord();
    } else literal += character;
    if (literal.length === 1 && !end) into.add("");
  }
  flush();
  if (quoted) into.unclosed();
  return into.finish();
}
