import type { HeaderList } from "../core/http.js";
import type { MaterialRequest } from "../plan/plan.js";
import type { AskedRequest } from "../platform/platform.js";

/** A request that was made but not sent, as the vendor's documents are asked about it. `extra` are headers that it carries besides. Pure. */
export function askedRequest(
  { method, url, headers, body }: MaterialRequest,
  { onMock, extra }: { readonly onMock: boolean; readonly extra: HeaderList },
): AskedRequest {
  const { pathname, search } = new URL(url);
  return {
    method,
    // The mock stands for the platform; whether another server does, its name says.
    url: onMock ? `${pathname}${search}` : url,
    headers: [...headers, ...extra],
    body: body === null ? null : Buffer.from(body).toString("utf8"),
  };
}
