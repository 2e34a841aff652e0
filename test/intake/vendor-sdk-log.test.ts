import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Recording } from "../../src/intake/intake.js";
import { readSdkLog } from "../../src/intake/read-sdk-log.js";
import { CONVERSATION, PARTICIPANT, USER } from "../mock/an-org.js";
import { client, invoke, rejectionOf, startVendorMock, type VendorMock } from "../mock/vendor-client.js";
import { exchangesIn, textOf } from "./recorders.js";

/** The settings of the SDK's own logger. */
interface SdkLogger {
  log_level: string;
  log_format: string;
  log_to_console: boolean;
  log_file_path: string;
  log_request_body: boolean;
  log_response_body: boolean;
  readonly setLogger: () => void;
}

const { logger } = client.config as unknown as { readonly logger: SdkLogger };

/** What the tests have the SDK do: one success, and one refusal for a version that is not the user's. */
async function useTheSdk(): Promise<void> {
  const attributes = { attributes: { tier: "gold" } };
  const headers = { customHeaders: { "Idempotency-Key": "8e03f6d2-0a51-4c7e-9b1d-6f2a3c4d5e6f" } };
  const method = "patchConversationParticipantAttributes";
  await invoke(["ConversationsApi", method, CONVERSATION, PARTICIPANT, attributes, headers]);
  await rejectionOf(["UsersApi", "patchUser", USER, { version: 99, name: "Ada" }]);
}

describe("the log of the vendor's own SDK", () => {
  let vendor: VendorMock;
  let folder: string;

  beforeAll(async () => {
    vendor = await startVendorMock();
    folder = mkdtempSync(join(tmpdir(), "gcidem-sdk-log-"));
  });
  beforeEach(() => vendor.begin());
  afterAll(async () => {
    await vendor.mock.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Has the SDK log into a file, and gives the text once so many of its lines are there. */
  async function logged(
    name: string,
    settings: Partial<SdkLogger>,
    mark: RegExp,
    times: number,
  ): Promise<string> {
    const file = join(folder, name);
    const off = { log_to_console: false, log_request_body: false, log_response_body: false };
    Object.assign(logger, off, { log_level: "trace", log_format: "json", log_file_path: file }, settings);
    logger.setLogger();
    await useTheSdk();
    return vi.waitFor(() => {
      const text = existsSync(file) ? readFileSync(file, "utf8") : "";
      expect(text.match(mark)).toHaveLength(times);
      return text;
    }, 10_000);
  }

  function summary(recording: Recording): readonly (readonly [string, number | undefined, string | null])[] {
    return exchangesIn(recording).map(({ request, response }) => [
      request.method,
      response?.status,
      textOf(request.body),
    ]);
  }

  test("at level trace, with bodies, has the success twice and is read as two exchanges", async () => {
    const all = { log_request_body: true, log_response_body: true };
    const recording = readSdkLog(await logged("all.log", all, /"statusCode"/g, 3));
    expect(summary(recording)).toEqual([
      ["PATCH", 202, '{"attributes":{"tier":"gold"}}'],
      ["PATCH", 409, '{"name":"Ada","version":99}'],
    ]);
    const [success, refusal] = exchangesIn(recording);
    expect(success?.request.headers).toContainEqual([
      "Idempotency-Key",
      "8e03f6d2-0a51-4c7e-9b1d-6f2a3c4d5e6f",
    ]);
    const said = refusal?.response?.body.bytes ?? new Uint8Array();
    expect(Buffer.from(said).toString("utf8")).toContain("general.conflict");
    expect(recording).toMatchObject({
      timesKnown: false,
      bodiesExact: false,
      problems: [],
      origins: [vendor.mock.url],
    });
  });

  test("as it comes, without bodies, says which settings to change", async () => {
    const recording = readSdkLog(await logged("plain.log", {}, /"statusCode"/g, 3));
    expect(summary(recording)).toEqual([
      ["PATCH", 202, null],
      ["PATCH", 409, null],
    ]);
    expect(recording.notes.join("\n")).toMatch(/log_request_body = true[\s\S]*log_response_body = true/);
  });

  test("at level debug lacks the headers of successes", async () => {
    const recording = readSdkLog(await logged("debug.log", { log_level: "debug" }, /"statusCode"/g, 2));
    expect(exchangesIn(recording).map(({ response }) => response?.missing)).toEqual([
      ["headers", "body"],
      ["body"],
    ]);
  });

  test("in its text format is refused with the way to switch", async () => {
    const text = await logged("text.log", { log_format: "text" }, /=== RESPONSE ===/g, 3);
    expect(() => readSdkLog(text, "text.log")).toThrow("text.log: 1 problem; nothing was sent");
  });
});
