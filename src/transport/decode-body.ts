import type { Duplex } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";

/** More nested codings than this are an attack or an accident; each costs a decoder. */
const MAX_CODINGS = 4;

/** How nearly every zlib stream begins; inner codings are taken to be what RFC 9110 says. */
const ZLIB_HEADER = 0x78;

/** RFC 9110 says that `deflate` is zlib; some servers send bare DEFLATE. A zlib stream begins with method 8. */
function inflater(firstByte: number): Duplex {
  return (firstByte & 0x0f) === 8 ? createInflate() : createInflateRaw();
}

const DECODERS: Readonly<Record<string, (firstByte: number) => Duplex>> = {
  gzip: () => createGunzip(),
  "x-gzip": () => createGunzip(),
  deflate: inflater,
  br: () => createBrotliDecompress(),
};

/**
 * The codings of a Content-Encoding value that have to be undone, last applied first. Empty where there is nothing to
 * undo or where one is unknown: such a body is handed on as it came. Pure.
 */
export function codingsToUndo(contentEncoding: string | undefined): readonly string[] {
  if (contentEncoding === undefined) return [];
  const codings = contentEncoding
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity");
  const known = codings.length <= MAX_CODINGS && codings.every((coding) => Object.hasOwn(DECODERS, coding));
  return known ? codings.reverse() : [];
}

/** Decoders in a row: encoded bytes go into `first`, decoded bytes come out of `last`. Destroy them all. */
export interface DecoderChain {
  readonly first: Duplex;
  readonly last: Duplex;
  readonly destroy: () => void;
}

/** Opens a decoder for each coding. `firstByte` tells the two kinds of deflate apart. */
export function openDecoders(
  codings: readonly string[],
  firstByte: number,
  onError: (error: Error) => void,
): DecoderChain {
  const decoders = codings.map((coding, index) => {
    const decoder = (DECODERS[coding] ?? inflater)(index === 0 ? firstByte : ZLIB_HEADER);
    return decoder.on("error", onError);
  });
  const [first, ...rest] = decoders;
  if (first === undefined) throw new TypeError("openDecoders needs at least one coding");
  const last = rest.reduce((from, to) => from.pipe(to), first);
  return { first, last, destroy: () => decoders.forEach((decoder) => void decoder.destroy()) };
}
