import type { ClientRequest } from "node:http";
import type { HandlerFunction, Method, Options, Request } from "got";

/** What got needs to know of one request. */
interface StreamedRequest {
  readonly method: string;
  readonly body: Uint8Array | null;
  /** Starts the request that got is to handle. */
  readonly open: () => ClientRequest;
}

/** Opens a got stream. */
export type OpenStream = (url: URL, request: StreamedRequest) => Request;

const NOTHING_NATIVE = {} as ReturnType<Options["createNativeRequestOptions"]>;

/**
 * Each request is opened by our own function, which knows its connection and its header lines. What got works out for
 * Node's in the meantime nobody reads, and it took 24 µs a request, of some 500 (Nov 2026).
 */
const withoutNativeOptions: HandlerFunction = (options, next) => {
  options.createNativeRequestOptions = () => NOTHING_NATIVE;
  return next(options);
};

/**
 * got, tamed: no retry, no redirect, no exception for a status, no decompression behind our back. It takes 40 ms to
 * load even when bundled (Nov 2026), so whoever sends nothing never loads it.
 */
export async function loadGot(): Promise<OpenStream> {
  const { got, Options } = await import("got");
  const tamed = got.extend({ handlers: [withoutNativeOptions] });
  // Of these got takes a copy for each request. To lay a request's own over them instead took 15 µs more (Nov 2026).
  const next = new Options(undefined, {
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
    decompress: false,
    strictContentLength: false,
    allowGetBody: true,
    isStream: true,
  });
  return (url, { method, body, open }) => {
    const own = body ?? undefined;
    if (String(next.url) !== url.href) next.url = url;
    if (next.body !== own) next.body = own;
    next.method = method as Method;
    next.request = open;
    return tamed(undefined, undefined, next) as Request;
  };
}
