import { lineText, withoutCommands } from "../safe-text.js";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** With `>` escaped no text can hold the end of a CDATA section. */
function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}

/** Attributes of an element, each with a space before it; null leaves one out. What XML 1.0 does not allow is escaped. Pure. */
export function attributes(values: Readonly<Record<string, string | number | null>>): string {
  return Object.entries(values)
    .map(([name, value]) => (value === null ? "" : ` ${name}="${escaped(lineText(String(value)))}"`))
    .join("");
}

/** Text between two tags, its lines kept. What XML 1.0 does not allow is escaped. Pure. */
export function content(text: string): string {
  return text
    .split("\n")
    .map((line) => escaped(withoutCommands(lineText(line))))
    .join("\n");
}
