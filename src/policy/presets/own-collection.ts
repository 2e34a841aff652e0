import type { RouteFile } from "../policy-file.js";

const source = "gcidem's own collection, which no platform has";

/** What creating and deleting answer in the mock's own collection, as on most servers. */
export const OWN_COLLECTION: readonly RouteFile[] = [
  { match: "POST /api/v2/mock/things", source, success: { status: 201 } },
  { match: "DELETE /api/v2/mock/things/{id}", source, success: { status: 204, body: "empty" } },
];
