import { OWN_CHOICE } from "../policy.js";
import type { ConcurrencyFile } from "../policy-file.js";

/** Who says what the vendor documents, and when it was read. */
export const SDK = "the vendor's JavaScript SDK 262.0.0, read 2026-11-21";

/** The SDK that says in words what some of the members mean. */
export const GO_SDK = "the vendor's Go SDK of 2026-05-14";

/** The tool that quotes the vendor's OpenAPI, success answers and permissions among it. */
export const CLI = "the vendor's gc CLI of 2026-07-13";

/** The last public Swagger in which operations name their error codes. */
export const SWAGGER_2017 = "the vendor's Swagger of 2017-09-20, the last with error codes";

/** A member `version` that every answer shows. */
export const SHOWS_VERSION: ConcurrencyFile = {
  validator: { kind: "version", name: "version", form: "integer" },
};

/** The vendor documents the status of a body without a required member for no operation in particular. */
export const ABSENT_400: string = `${OWN_CHOICE} of 400: the SDK's type of the body requires the member`;

/** The same, compared with the one in the body; a body without it is refused. */
export const DEMANDS_VERSION: ConcurrencyFile = {
  ...SHOWS_VERSION,
  readFrom: ["body version"],
  stale: { status: 409 },
  absent: { status: 400 },
};
