import { GcidemError } from "../core/errors.js";
import { MAX_DOCUMENT_BYTES } from "../document/read-document.js";

const NAME = "<stdin>";

function unreadable(reason: string, cause?: unknown): GcidemError {
  return new GcidemError("invalid-file", `cannot read ${NAME}: ${reason}; nothing was sent`, { cause });
}

/**
 * All of standard input as text.
 * @throws GcidemError `invalid-file` where it is longer than a document may be, or not UTF-8.
 */
export async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_DOCUMENT_BYTES)
      throw unreadable(`it has more than the ${MAX_DOCUMENT_BYTES} bytes that a document may have`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    throw unreadable("it is not UTF-8 text", error);
  }
}
