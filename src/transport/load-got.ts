import type { Got } from "got";

/** Opens a got stream. */
export type OpenStream = Got["stream"];

/**
 * got, tamed: no retry, no redirect, no exception for a status, no decompression behind our back. It takes 40 ms to
 * load even when bundled (Nov 2026), so whoever sends nothing never loads it.
 */
export async function loadGot(): Promise<OpenStream> {
  const { got } = await import("got");
  return got.extend({
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
    decompress: false,
    strictContentLength: false,
    allowGetBody: true,
  }).stream;
}
