import type { Source } from "./platform.js";

/** Paths, verbs, header parameters and body types of all 3,315 operations. */
export const SDK: Source = { name: "JavaScript SDK 262.0.0", readOn: "2026-11-21" };

/** The tool that quotes the vendor's OpenAPI: what a success is, permissions. */
export const CLI: Source = { name: "gc CLI of 2026-07-13", readOn: "2026-11-21" };

/** The SDK that says in words what some members mean. */
export const GO_SDK: Source = { name: "Go SDK of 2026-05-14", readOn: "2026-11-21" };

/** The last public Swagger in which operations name their error codes. */
export const SWAGGER_2017: Source = { name: "Swagger of 2017-09-20", readOn: "2026-11-21" };

/** What the vendor's own client does about conflicts. */
export const TERRAFORM: Source = { name: "Terraform provider of 2026-07-01", readOn: "2026-11-22" };
