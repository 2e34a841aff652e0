import { describe, expect, test } from "vitest";
import { DETAILED_OPERATIONS, knownOperations, LISTED_AREAS } from "../../src/platform/all-operations.js";
import { AREA_NAMES } from "../../src/platform/area-names.js";
import type { DocumentedOperation } from "../../src/platform/platform.js";
import { bodyTypeOf, membersOf, resultOf, sdkOperations } from "./vendor-sdk.js";

const SDK = sdkOperations();
const areaOf = (path: string): string => path.split("/")[3] ?? "";
const nameOf = ({ method, path }: DocumentedOperation): string => `${method} ${path}`;
const NAMED = DETAILED_OPERATIONS.filter(({ sdkMethod }) => sdkMethod !== null);

/** Operations of the gc CLI that SDK 262.0.0 has no more, and the login, which is no operation of the SDK's classes. */
const NOT_IN_THE_SDK = [
  "GET /api/v2/conversations/chats/{conversationId}",
  "PATCH /api/v2/conversations/chats/{conversationId}/participants/{participantId}/attributes",
  "POST /oauth/token",
];

describe("the list of operations", () => {
  test("is complete for each area that it claims to know, and has nothing else", () => {
    const listed = [...SDK.keys()].filter((name) => LISTED_AREAS.has(areaOf(name)));
    const ours = knownOperations().map(({ operation }) => nameOf(operation));
    expect(listed.length).toBeGreaterThan(600);
    expect(ours.toSorted()).toEqual([...listed, ...NOT_IN_THE_SDK].toSorted());
  });

  test("names every area that the SDK has a path in, and no other", () => {
    const areas = new Set([...SDK.values()].map(({ path }) => areaOf(path)));
    expect([...AREA_NAMES].toSorted()).toEqual([...areas].toSorted());
  });

  test("has no operation twice", () => {
    const names = DETAILED_OPERATIONS.map(nameOf);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("headers", () => {
  const declaring = (header: string): readonly string[] =>
    [...SDK]
      .filter(([, { headers }]) => headers.includes(header))
      .map(([name]) => name)
      .toSorted();
  const ours = (holds: (operation: DocumentedOperation) => boolean): readonly string[] =>
    DETAILED_OPERATIONS.filter(holds).map(nameOf).toSorted();

  test("Idempotency-Key is declared by the one operation of the SDK that does", () => {
    expect(declaring("Idempotency-Key")).toHaveLength(1);
    expect(ours(({ keyHeader }) => keyHeader === "Idempotency-Key")).toEqual(declaring("Idempotency-Key"));
  });

  test("If-Match is declared by the ten operations of the SDK that do", () => {
    expect(declaring("If-Match")).toHaveLength(10);
    expect(ours(({ version }) => version?.carrier === "if-match")).toEqual(declaring("If-Match"));
  });

  test("If-None-Match is declared by the six operations of the SDK that do", () => {
    expect(declaring("If-None-Match")).toHaveLength(6);
    expect(ours(({ ifNoneMatch }) => ifNoneMatch)).toEqual(declaring("If-None-Match"));
  });
});

describe.each(NAMED.map((operation) => [nameOf(operation), operation] as const))("%s", (name, operation) => {
  const sdkMethod = operation.sdkMethod ?? "";

  test("is what the SDK's method of that name sends", () => {
    expect(SDK.get(name)?.names).toContain(sdkMethod);
  });

  test("has the members of the SDK's type in its body", () => {
    const type = bodyTypeOf(sdkMethod);
    if (operation.openBody) {
      expect(type).not.toBeNull();
      return;
    }
    expect(operation.bodyType).toBe(type);
    const members = (operation.body ?? []).map(
      ({ name: member, type: kind, required }) => `${member}${required ? "!" : ""}: ${kind}`,
    );
    expect(members.toSorted()).toEqual(type === null ? [] : membersOf(type));
  });

  test("demands a version where the SDK's type does, and nowhere else", () => {
    const member = operation.body?.find(({ name: each }) => each === "version");
    const { version } = operation;
    if (version?.carrier === "body") expect(version.required).toBe(member?.required);
    else expect(member?.required ?? false).toBe(false);
  });

  test("answers with a body where the SDK resolves to a type, and without one where it resolves to nothing", () => {
    if (operation.success?.body === "representation") expect(resultOf(sdkMethod)).not.toBe("void");
    if (resultOf(sdkMethod) === "void") expect(operation.success?.body).toBe("empty");
  });
});
