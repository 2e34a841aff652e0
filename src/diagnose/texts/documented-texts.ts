import type { DocumentedFact } from "../../core/causes.js";
import type { CauseText } from "./cause-text.js";

/** What the vendor documents, said without sending anything. `no-such-operation` has its text among the refusals. */
export const DOCUMENTED_TEXTS: Readonly<Record<Exclude<DocumentedFact, "no-such-operation">, CauseText>> = {
  "header-not-declared": {
    title: "The operation declares no such header",
    seen: "A key or If-Match that seems to have no effect.",
    why: "The vendor documents Idempotency-Key on one operation and If-Match on ten (SCIM).",
    told: "The vendor's SDK lists the headers of each operation. Documented, not tested.",
    remedy: "Do not rely on it there; use what the operation documents (a version, a look-up).",
  },
  "field-not-declared": {
    title: "The body has no such member",
    seen: "A 400, or a member that is ignored.",
    why: "The request type of the operation lacks it.",
    told: "The vendor's SDK lists the members of each request type. Documented, not tested.",
    remedy: "Use the operation whose body has it.",
  },
  "success-without-body": {
    title: "Success is 202 with an empty body",
    seen: "Nothing to read in the answer.",
    why: "The operation accepts now and works later.",
    told: "The vendor documents it so. Documented, not tested.",
    remedy: "Read the resource to see the effect; do not parse the answer.",
  },
  "user-required": {
    title: "The operation needs a user",
    seen: "400 not.a.user, or 403.",
    why: "Client credentials have no user.",
    told: "The vendor documented it so. Documented, not tested.",
    remedy: "Log in as a user, or use an operation that takes client credentials.",
  },
};
