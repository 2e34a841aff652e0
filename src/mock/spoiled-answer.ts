import type { WireAnswer } from "./exchange.js";

/** How many pieces a slow answer comes in. */
const DRIPS = 8;

/** How many bytes a wrong length is short of. */
const SHORT_BY = 2;

/** An answer with one header more, or with another value of it. Pure. */
export function withHeader(answer: WireAnswer, name: string, value: string): WireAnswer {
  const headers = [...answer.headers];
  const at = headers.indexOf(name);
  if (at === -1) headers.push(name, value);
  else headers[at + 1] = value;
  return { ...answer, headers };
}

/** An answer that says it is shorter than it is. Pure. */
export function withShortLength(answer: WireAnswer): WireAnswer {
  const length = Math.max(0, Buffer.byteLength(answer.body) - SHORT_BY);
  return withHeader(answer, "Content-Length", String(length));
}

/** The body of an answer that is to break off; blanks where there is none, so that something can be missing. Pure. */
export function bodyToCut({ body }: WireAnswer): Buffer {
  return Buffer.from(body === "" ? " ".repeat(DRIPS) : body);
}

/** Pure. */
export function firstHalf(whole: Buffer): Buffer {
  return whole.subarray(0, Math.ceil(whole.length / 2));
}

/** The pieces of a slow answer. Pure. */
export function pieces({ body }: WireAnswer): readonly Buffer[] {
  const bytes = Buffer.from(body);
  const size = Math.max(1, Math.ceil(bytes.length / DRIPS));
  const cut: Buffer[] = [];
  for (let offset = 0; offset < bytes.length; offset += size) cut.push(bytes.subarray(offset, offset + size));
  return cut;
}
