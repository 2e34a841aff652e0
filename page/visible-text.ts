import { printable } from "../src/core/printable.js";

const NO_CHARACTER = /[\ufffe\uffff]|\p{Surrogate}/gu;

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** One line of text as it can be shown: controls and bidi controls are their escapes. Pure. */
export function visible(text: string): string {
  return printable(text).replace(NO_CHARACTER, escapeUnit);
}

/** `10,000`. Pure. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** The beginning of a long text, and how long it is. Pure. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${grouped(text.length)} characters)`;
}
