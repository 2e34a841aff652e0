import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { offeredRoutes } from "../../src/mock/routes.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { matchesRoute } from "../../src/policy/route-policy.js";
import {
  type Call,
  client,
  type Extended,
  invoke,
  rejectionOf,
  sendAs,
  startVendorMock,
  type VendorMock,
} from "./vendor-client.js";
import { ABSENT, callAll, prepareRow, type Row } from "./vendor-row.js";
import { NOT_IN_THE_SDK, ROWS } from "./vendor-rows.js";

let vendor: VendorMock;

beforeAll(async () => {
  vendor = await startVendorMock();
});

afterAll(() => vendor.mock.close());

/** A body larger than the mock takes; the SDK sends it as it is. */
const LARGE = { padding: "x".repeat(10 * 1024 * 1024) };

/** What can go wrong on any path: how it is brought about, and what the platform answers. */
interface Wrong {
  readonly what: string;
  readonly status: number;
  readonly code: string;
  readonly arrange: () => void;
  /** For operations with a body only. */
  readonly needsBody?: boolean;
  readonly body?: unknown;
  readonly absent?: boolean;
}

const WRONG: readonly Wrong[] = [
  {
    what: "a token that nobody issued",
    status: 401,
    code: "bad.credentials",
    arrange: () => client.setAccessToken("nobody issued this"),
  },
  {
    what: "an expired token",
    status: 401,
    code: "credentials.expired",
    arrange: () => client.setAccessToken(vendor.mock.token(null, "expired") ?? ""),
  },
  {
    what: "a scope that is missing",
    status: 403,
    code: "missing.permissions",
    arrange: () => client.setAccessToken(vendor.mock.token("narrow", "valid") ?? ""),
  },
  { what: "nothing at the path", status: 404, code: "not.found", arrange: () => {}, absent: true },
  {
    what: "a body of more than 10 MB",
    status: 413,
    code: "request.entity.too.large",
    arrange: () => {},
    needsBody: true,
    body: LARGE,
  },
  {
    what: "a body of another type",
    status: 415,
    code: "unsupported.media.type",
    arrange: () => sendAs("application/x-www-form-urlencoded"),
    needsBody: true,
  },
  {
    what: "too many requests",
    status: 429,
    code: "too.many.requests.retry.after",
    arrange: () => vendor.mock.arm({ kind: "429" }),
  },
  {
    what: "a server that is overloaded",
    status: 503,
    code: "service.unavailable",
    arrange: () => vendor.mock.arm({ kind: "5xx-before" }),
  },
];

/** The statuses that the platform's gateway gives, before SCIM has seen the request. */
const BEFORE_SCIM: readonly number[] = [401, 403, 413, 415, 429, 503];

/** The platform's error body, or SCIM's (RFC 7644, 3.12), which has no place for a correlation ID. */
function errorBodyOf(row: Row, expected: { readonly status: number }): Readonly<Record<string, unknown>> {
  if (row.isScim !== true || BEFORE_SCIM.includes(expected.status)) {
    return { ...expected, contextId: vendor.last()?.correlationId };
  }
  return { schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: String(expected.status) };
}

/** Asks once and holds what the SDK rejects with against what the mock decided, in one of the SDK's two forms. */
async function expectRejection(
  of: { readonly row: Row; readonly extended: boolean; readonly call: Call },
  expected: { readonly status: number } & Readonly<Record<string, unknown>>,
): Promise<void> {
  client.setReturnExtendedResponses(of.extended);
  const before = vendor.mock.trace().length;
  const error = await rejectionOf(of.call);
  const decision = vendor.last();
  expect(vendor.mock.trace().length - before).toBe(1);
  expect(decision).toMatchObject({ status: expected.status, executed: false });
  const body = errorBodyOf(of.row, expected);
  if (!of.extended) {
    expect(error).toMatchObject(body);
    return;
  }
  expect(error).toMatchObject({ status: expected.status, body });
  expect((error as Extended).headers["inin-correlation-id"]).toBe(decision?.correlationId);
}

describe("the table of operations", () => {
  test("has every operation of the mock that the vendor has, and no other", () => {
    const offered = offeredRoutes(presetPolicy("documented"))
      .filter(({ invented, template }) => !invented && !template.startsWith("/api/v2/mock/"))
      .map(({ method, template }) => `${method} ${template}`);
    expect([...ROWS.map(({ route }) => route), ...NOT_IN_THE_SDK].toSorted()).toEqual(offered.toSorted());
  });

  test.each(NOT_IN_THE_SDK)("%s is in no file of the SDK", (route) => {
    const path = route.split(" ")[1] ?? "";
    const main = createRequire(import.meta.url).resolve("purecloud-platform-client-v2");
    expect(readFileSync(main, "utf8")).not.toContain(path);
  });
});

describe.each(ROWS.map((row) => [row.route, row] as const))("the SDK's %s", (_route, row) => {
  test("reaches that operation and resolves, in both forms to the same body", async () => {
    let ids = await prepareRow(row, vendor);
    const plain = await invoke(row.call(ids, row.body));
    ids = await prepareRow(row, vendor);
    client.setReturnExtendedResponses(true);
    const extended = (await invoke(row.call(ids, row.body))) as Extended;
    const decision = vendor.last();
    expect(extended.status).toBe(row.status);
    expect(extended.headers["inin-correlation-id"]).toBe(decision?.correlationId);
    const [method = "", path = ""] = row.route.split(" ");
    expect(matchesRoute({ method, path }, decision?.method ?? "", decision?.path ?? "")).toBe(true);
    // Without a body the SDK resolves to "" in one form and to undefined in the other.
    expect(plain ?? "").toEqual(extended.body);
  });

  describe.each([
    ["plain", false],
    ["extended", true],
  ] as const)("rejects in the %s form", (_form, extended) => {
    const wrongs = WRONG.filter(
      ({ needsBody, absent }) =>
        (needsBody !== true || row.body !== undefined) && (absent !== true || row.findsAlways !== true),
    );
    test.each(wrongs.map((wrong) => [wrong.status, wrong.what, wrong] as const))(
      "with %i for %s",
      async (status, _what, { code, arrange, absent, body }) => {
        const ids = await prepareRow(row, vendor);
        arrange();
        const call = row.call(absent === true ? ABSENT : ids, body ?? row.body);
        await expectRejection({ row, extended, call }, { status, code });
      },
    );

    test.each(row.bad ?? [])("with 400 for %j, and names %s", async (body, fieldName) => {
      const ids = await prepareRow(row, vendor);
      const details = fieldName === null ? [] : [{ fieldName }];
      await expectRejection(
        { row, extended, call: row.call(ids, body) },
        { status: 400, code: "bad.request", details },
      );
    });

    const conflicts = (row.conflicts ?? []).map((each) => [each.status, each.what, each] as const);
    test.each(conflicts)("with the documented %i for %s", async (status, _what, conflict) => {
      const ids = await prepareRow(row, vendor);
      await callAll(conflict.before?.(ids) ?? []);
      const call = (conflict.call ?? row.call)(ids, conflict.body ?? row.body);
      await expectRejection({ row, extended, call }, { status });
      expect(vendor.last()?.cause).toBe(conflict.cause);
    });

    test("without a status where the answer is lost: whether it had its effect the SDK cannot tell", async () => {
      const ids = await prepareRow(row, vendor);
      client.setReturnExtendedResponses(extended);
      vendor.mock.arm({ kind: "drop-response" });
      const before = vendor.mock.trace().length;
      const error = await rejectionOf(row.call(ids, row.body));
      expect(error).toMatchObject({ code: "ECONNRESET" });
      expect(error).not.toHaveProperty("response");
      expect(vendor.mock.trace().length - before).toBe(1);
      expect(vendor.last()).toMatchObject({ status: null, executed: !row.route.startsWith("GET ") });
    });
  });
});
