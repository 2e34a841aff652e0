import { crc32 } from "node:zlib";
import { Inflate } from "fflate";
import { dataOffsetOf, type OpenZip } from "./zip-directory.js";
import type { ZipEntry } from "./zip-entry.js";

/** A deflated byte becomes at most 1032: what comes of one chunk stays small. */
const CHUNK_BYTES = 1 << 13;

/** A file in a zip that cannot be unpacked as its directory says. */
export class DamagedEntry extends Error {}

function* packedChunks(entry: ZipEntry, zip: OpenZip): Generator<Buffer> {
  const begin = dataOffsetOf(entry, zip);
  for (let done = 0; done < entry.packedBytes; done += CHUNK_BYTES)
    yield zip.readAt(begin + done, Math.min(CHUNK_BYTES, entry.packedBytes - done));
}

function* inflated(chunks: Iterable<Buffer>): Generator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const inflate = new Inflate((chunk) => ready.push(chunk));
  const push = (chunk: Uint8Array, last: boolean): readonly Uint8Array[] => {
    ready = [];
    try {
      inflate.push(chunk, last);
    } catch (error) {
      throw new DamagedEntry("it cannot be unpacked", { cause: error });
    }
    return ready;
  };
  for (const chunk of chunks) yield* push(chunk, false);
  yield* push(new Uint8Array(0), true);
}

/** The bytes of a file, piece by piece. @throws DamagedEntry where they are not as many as the directory says. */
export function* readEntry(entry: ZipEntry, zip: OpenZip): Generator<Uint8Array> {
  const chunks = packedChunks(entry, zip);
  let [bytes, crc] = [0, 0];
  for (const chunk of entry.method === 0 ? chunks : inflated(chunks)) {
    bytes += chunk.length;
    if (bytes > entry.bytes)
      throw new DamagedEntry(`it holds more than the ${entry.bytes} bytes that it says`);
    crc = crc32(chunk, crc);
    yield chunk;
  }
  if (bytes < entry.bytes)
    throw new DamagedEntry(`it holds ${bytes} of the ${entry.bytes} bytes that it says`);
  if (crc !== entry.crc) throw new DamagedEntry("its bytes are not those that were packed");
}
