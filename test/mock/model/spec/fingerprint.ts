import type { FingerprintPolicy } from "../../../../src/policy/idempotency-policy.js";
import {
  type Body,
  bodyText,
  type Content,
  type Scalar,
  sameJson,
  shapeOfBody,
  type Value,
} from "./bodies.js";
import { UNCLEAR, type Unclear } from "./model.js";
import type { Rules } from "./rules.js";
import type { Sent } from "./sent.js";

function memberNames(value: Value | Content): unknown {
  if (typeof value !== "object") return null;
  return Object.entries(value)
    .map(([name, each]) => [name, memberNames(each)])
    .toSorted();
}

/** A top-level name, or a pointer such as `/m/x`. */
function valueAt({ content, fixed }: Body, field: string): Value | undefined {
  const [name = "", ...rest] = field.startsWith("/") ? field.slice(1).split("/") : [field];
  const members: Readonly<Record<string, Value | Scalar>> = { ...content, ...fixed };
  return rest.reduce<Value | undefined>(
    (value, step) => (typeof value === "object" ? value[step] : undefined),
    members[name],
  );
}

function sameFields(a: Body, b: Body, fields: readonly string[], numbers: "ieee" | "textual"): boolean {
  const only = (body: Body): string => {
    const picked = fields.flatMap((field) => {
      const value = valueAt(body, field);
      return value === undefined ? [] : [[field, value] as const];
    });
    const content = Object.fromEntries(picked);
    return shapeOfBody({ ...body, content, fixed: {} }, { order: false, numbers });
  };
  return only(a) === only(b);
}

function sameBody(a: Body, b: Body, { body, numbers }: FingerprintPolicy): boolean | Unclear {
  if (body.kind === "none") return true;
  if (body.kind === "bytes") return bodyText(a) === bodyText(b);
  if (a.broken && b.broken && bodyText(a) === bodyText(b)) return true;
  if (a.broken || b.broken) return UNCLEAR;
  switch (body.kind) {
    case "serialised":
      return shapeOfBody(a, { order: true, numbers }) === shapeOfBody(b, { order: true, numbers });
    case "canonical-json":
      return shapeOfBody(a, { order: false, numbers }) === shapeOfBody(b, { order: false, numbers });
    case "member-names":
      return (
        JSON.stringify(memberNames({ ...a.content, ...a.fixed })) ===
        JSON.stringify(memberNames({ ...b.content, ...b.fixed }))
      );
    case "fields":
      return sameFields(a, b, body.fields, numbers);
  }
}

function header(sent: Sent, name: string): string | undefined {
  return Object.entries(sent.headers).find(([each]) => each.toLowerCase() === name)?.[1];
}

function queryText({ query }: Sent): string {
  return query.map((pair) => pair.join("=")).join("&");
}

/** Which counted parts of two requests differ (I6). A part in the scope makes another key, not another request. */
interface Differences {
  readonly elsewhere: boolean;
  readonly headers: boolean;
  readonly body: boolean | Unclear;
}

function bodiesDiffer(a: Body | null, b: Body | null, fingerprint: FingerprintPolicy): boolean | Unclear {
  if (a === null || b === null) {
    if (a === b || fingerprint.body.kind === "none") return false;
    return ["fields", "member-names"].includes(fingerprint.body.kind) ? UNCLEAR : true;
  }
  const same = sameBody(a, b, fingerprint);
  return same === UNCLEAR ? UNCLEAR : !same;
}

function differences(first: Sent, again: Sent, rules: Rules): Differences {
  const { scope, fingerprint } = rules.idempotency;
  const counts = (part: "method" | "path" | "query"): boolean => fingerprint[part] && !scope.includes(part);
  return {
    elsewhere:
      (counts("method") && first.method !== again.method) ||
      (counts("path") && first.path !== again.path) ||
      (counts("query") && queryText(first) !== queryText(again)),
    headers: fingerprint.headers.some((name) => header(first, name) !== header(again, name)),
    body: bodiesDiffer(first.body, again.body, fingerprint),
  };
}

/** Whether a key that comes again comes with the same request, as far as the policy looks. */
export function sameRequest(first: Sent, again: Sent, rules: Rules): boolean | Unclear {
  const { elsewhere, headers, body } = differences(first, again, rules);
  if (elsewhere || headers) return false;
  return body === UNCLEAR ? UNCLEAR : !body;
}

const REUSED = ["key-reused-other-resource", "key-reused-body-changed", "key-reused-bytes-changed"];

/** What tells two requests of one key apart, in the words of causes.md: of what differs, what counts. */
export function mismatchCauses(first: Sent, again: Sent, rules: Rules): readonly string[] {
  const { elsewhere, headers } = differences(first, again, rules);
  if (elsewhere) return ["key-reused-other-resource"];
  // No id is about headers.
  if (headers) return REUSED;
  if (first.body === null || again.body === null) return ["key-reused-body-changed"];
  if (first.body.broken || again.body.broken) return ["key-reused-body-changed", "key-reused-bytes-changed"];
  return sameJson(first.body, again.body) ? ["key-reused-bytes-changed"] : ["key-reused-body-changed"];
}
