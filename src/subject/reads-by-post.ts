import { headerValue } from "../core/http.js";
import type { SentRequest } from "../journal/journal.js";
import { graphqlIn } from "./graphql.js";

/** Searches of the platform (`/users/search`), Elasticsearch and CouchDB, and methods that Google names behind a colon. */
const ASKS =
  /(?:\/(?:search|query|_search|_msearch|_mget|_count|_find|_bulk_get|_all_docs)|:(?:get|batchGet|list|search|query|test|lookup)(?:[A-Z]\w*)?)\/?$/;

/** Operations of AWS's JSON services: `DynamoDB_20120810.GetItem`. */
const AWS_ASKS = /\.(?:Get|BatchGet|TransactGet|List|Describe|Query|Scan|Search|Lookup)\w*$/;

/**
 * True of a POST that asks for something and changes nothing. It is sent with the care that a write is sent with; only
 * what is concluded from it differs: it moved no version, and its answer shows what was there. Pure.
 */
export function isReadByPost(
  request: Pick<SentRequest, "method" | "headers" | "body" | "bodyEncoding">,
  path: string,
): boolean {
  if (request.method !== "POST") return false;
  if (ASKS.test(path)) return true;
  const target = path === "/" ? headerValue(request.headers, "x-amz-target") : null;
  if (target !== null) return AWS_ASKS.test(target);
  return graphqlIn(request)?.reads === true;
}
