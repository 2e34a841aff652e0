import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { isWrite } from "../../src/core/http.js";
import { replay } from "../../src/index.js";
import { findOperation } from "../../src/platform/find-operation.js";
import { warnOfPlatform } from "../../src/session/warn-of-platform.js";
import { startDraftServer } from "../servers/draft-server.js";
import { DRAFT, REAL, type Shipped, sendingSteps, statedCauses } from "./shipped.js";

const opened: { readonly close: () => Promise<void> }[] = [];
let out: string;

beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), "gcidem-real-"));
});

afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

afterAll(() => {
  rmSync(out, { recursive: true, force: true });
});

/** The file's name without its folder. */
function nameOf({ name }: Shipped): string {
  return name.replace(/^.*\//, "");
}

const BASICS = ["lost-answer", "mutated-body", "mutated-bytes", "repeated-key", "stale-etag"];

describe("the basics for any API by the draft", () => {
  test("are five, and each says why its server refuses or what became of the answer", () => {
    expect(DRAFT.map(nameOf)).toEqual(BASICS);
    expect(
      Object.fromEntries(DRAFT.map((each) => [nameOf(each), statedCauses(each).map(({ cause }) => cause)])),
    ).toEqual({
      "lost-answer": ["response-lost"],
      "mutated-body": ["key-reused-body-changed"],
      "mutated-bytes": Array(4).fill("key-reused-bytes-changed"),
      "repeated-key": ["key-malformed", "key-malformed", "key-missing"],
      "stale-etag": ["stale-etag", "precondition-missing"],
    });
  });

  test.each(DRAFT)(
    "$name holds on a server by the draft that knows nothing of gcidem, and leaves nothing there",
    async ({ file }) => {
      const server = await startDraftServer("/api/v2/mock/things");
      opened.push(server);
      const [section] = (await replay(file, { out, target: server.url })).runs;
      const open = section?.expectations.filter(({ ok }) => ok !== true);
      expect(open).toEqual([]);
      expect(section?.verdict).toBe("pass");
      expect(server.created()).toBeGreaterThan(0);
      expect(server.size()).toBe(0);
    },
  );

  test.each(DRAFT)("$name fails on a mock that behaves as the vendor documents", async ({ file }) => {
    const [section] = (await replay(file, { out, policy: "documented" })).runs;
    expect(section?.verdict).toBe("fail");
  });
});

const SOME_ID = "7a0c3d52-5f0e-4a41-8f0d-2f8c1f1b9a10";
const READING = REAL.filter((each) => nameOf(each).startsWith("read-"));
const WRITING = REAL.filter((each) => !READING.includes(each));

describe("the basics for a real org", () => {
  test("are the basics, what has a version by the documents, and two that only read", () => {
    expect(WRITING.map(nameOf)).toEqual([...BASICS, "stale-version"]);
    expect(READING.map(nameOf)).toEqual(["read-conversation", "read-user"]);
  });

  test.each(READING)("$name sends nothing but GET", (shipped) => {
    const methods = sendingSteps(shipped).map((step) =>
      step.kind === "request" ? step.request.method : "GET",
    );
    expect(methods.filter((method) => isWrite(method, []))).toEqual([]);
  });

  test.each(WRITING)("$name makes a callback, writes to nothing else and ends it", ({ text }) => {
    const lines = [...text.matchAll(/request: (\S+ \S+)/g)].map(([, line = ""]) => line);
    expect(lines[0]).toBe("POST /api/v2/conversations/callbacks");
    expect(lines.at(-1)).toMatch(/^PATCH \S+\/callbacks\/\$\(made\.conversation\)\/participants\//);
    expect(lines.slice(1).filter((line) => !/\/\$\(made\.conversation\)(?:$|\/)/.test(line))).toEqual([]);
  });

  test.each(REAL)(
    "$name says that it was never tried on one, and asks for what only its user knows",
    ({ loaded, text }) => {
      expect(loaded.scenario.description).toContain("Never tried on a real org from where this was made.");
      expect(text).toMatch(/^ {4}ask: \S/m);
    },
  );

  test.each(REAL)("$name uses documented operations alone", ({ loaded, text }) => {
    const kinds = [...text.matchAll(/request: (\S+) (\S+)/g)].map(
      ([, method = "", path = ""]) => findOperation(method, path.replaceAll(/\$\([^)]*\)/g, SOME_ID)).kind,
    );
    expect(new Set(kinds)).toEqual(new Set(["documented"]));
    const codes = new Set(warnOfPlatform(loaded.scenario).map(({ code }) => code));
    codes.delete("header-not-declared");
    expect(codes).toEqual(new Set());
  });

  test.each(REAL)("$name fails on a mock that behaves otherwise", async (shipped) => {
    // Forum posts have versions of users and secure attributes too; the rules of HTTP alone have none.
    const policy = ["read-user", "stale-version"].includes(nameOf(shipped)) ? "rfc9110" : "forum-lore";
    const [section] = (await replay(shipped.file, { out, policy })).runs;
    expect(section?.verdict).toBe("fail");
  });
});
