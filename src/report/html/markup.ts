import { lineText } from "../safe-text.js";

/** HTML that this program wrote: whatever came from elsewhere is in it as text. Made by {@link html} only. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: text is escaped, markup is not, nothing is nothing. */
export type Insert = string | number | null | Markup | readonly Markup[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeText(text: string): string {
  return lineText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

function isMarkup(value: Insert): value is Markup {
  return typeof value === "object" && value !== null && "markup" in value;
}

function insertText(value: Insert): string {
  if (value === null) return "";
  if (isMarkup(value)) return value.markup;
  if (typeof value === "object") return value.map(({ markup }) => markup).join("");
  return escapeText(String(value));
}

/**
 * Markup from a template. Texts become one line of text: no tag, entity, attribute, control or bidi control comes of
 * them, provided that attributes of the template are quoted. Pure.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Insert[]): Markup {
  return { markup: parts.reduce((before, part, at) => before + insertText(values[at - 1] ?? null) + part) };
}

/** Nothing at all. */
export const NOTHING: Markup = { markup: "" };

/** Lines of text as a block that keeps its white space; nothing where there are none. Pure. */
export function preformatted(lines: Iterable<string>, label: string): Markup {
  const texts = [...lines].map(escapeText);
  while (texts.at(-1) === "") texts.pop();
  if (texts.length === 0) return NOTHING;
  const text = { markup: texts.join("\n") };
  return html`<pre tabindex="0" role="region" aria-label="${label}">${text}</pre>`;
}
