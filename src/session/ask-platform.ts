import type { HeaderList } from "../core/http.js";
import type { MaterialRequest } from "../plan/plan.js";
import { documentedFacts } from "../platform/documented-facts.js";
import type { DocumentedFact } from "../platform/platform.js";

/** What the vendor documents of a request that was made but not sent. `extra` are headers that it carries besides. */
export function factsOf(
  { method, url, headers, body }: MaterialRequest,
  { onMock, extra }: { readonly onMock: boolean; readonly extra: HeaderList },
): readonly DocumentedFact[] {
  const { pathname, search } = new URL(url);
  return documentedFacts({
    method,
    // The mock stands for the platform; whether another server does, its name says.
    url: onMock ? `${pathname}${search}` : url,
    headers: [...headers, ...extra],
    body: body === null ? null : Buffer.from(body).toString("utf8"),
  });
}
