import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { weakKey } from "../../src/core/weak-key.js";

describe("a key that others may come to as well", () => {
  test.each([
    ["short", ["k1"]],
    ["short", ["order-1234"]],
    ["short", ["9876543210987654"]],
    ["short", ["7f3a-91bc"]],
    ["sequential", ["order-9", "order-10"]],
    ["sequential", ["customer-update-request-0041", "customer-update-request-0042"]],
    ["sequential", ["00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-000000000009"]],
    ["sequential", ["9b2e4c1d-writer-0-of-the-nightly-job", "9b2e4c1d-writer-1-of-the-nightly-job"]],
    ["time-based", ["1763764625"]],
    ["time-based", ["crm-contact-update-1763764625118"]],
    ["time-based", ["webhook_1763764625118000000"]],
    ["time-based", ["update-2026-11-21T22:37:05.118Z"]],
    ["time-based", ["nightly-job-20261121223705"]],
    ["time-based", ["6ba7b810-9dad-11d1-80b4-00c04fd430c8"]],
  ] as const)("%s: %j", (kind, keys) => {
    expect(weakKey(keys)?.kind).toBe(kind);
  });

  test("the reason shows the key, and no more of it than fits", () => {
    expect(weakKey(["k1"])?.because).toBe('"k1" has 2 characters: others may well come to the same');
    expect(weakKey(["a-1", "a-2"])?.because).toMatch(/^"a-1" and "a-2" count up/);
    const long = weakKey([`${"x-".repeat(100)}1763764625118`])?.because ?? "";
    expect(long.length).toBeLessThan(160);
  });
});

describe("a key that is not weak", () => {
  test.each([
    ["an instant beside something random", ["1763764625118-5f0c2f1e0d0b4a55"]],
    ["an instant beside a UUID", ["2026-11-21T22:37:05Z/5f0c2f1e-0d0b-4a55-9a3e-6f1b7c20d1a1"]],
    ["a UUID of version 7, most of which is random", ["019aa8d2-7c1e-7b3a-8f10-5c2d9e4b6a71"]],
    ["a long natural name", ["order-7F3A91-payment-capture-first"]],
    ["one key, though it ends in a number", ["customer-update-request-0041"]],
    ["the same key twice", ["customer-update-request-0041", "customer-update-request-0041"]],
    ["numbers that are far apart", ["customer-update-request-0041", "customer-update-request-0977"]],
    ["none at all", []],
    ["an empty one", [""]],
  ] as const)("%s", (_why, keys) => {
    expect(weakKey(keys)).toBeNull();
  });

  test("no number of random UUIDs is weak", () => {
    fc.assert(
      fc.property(fc.array(fc.uuid({ version: 4 }), { maxLength: 50 }), (keys) => {
        expect(weakKey(keys)).toBeNull();
      }),
    );
  });

  test("neither are 128 random bits as hexadecimal digits or base64", () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 }).filter((all) => new Set(all).size > 8);
    fc.assert(
      fc.property(bytes, fc.constantFrom("hex", "base64url"), (key, form) => {
        expect(weakKey([Buffer.from(key).toString(form as "hex")])).toBeNull();
      }),
    );
  });

  test("a hundred thousand keys take no time that matters, whatever they are", () => {
    const keys = Array.from(
      { length: 100_000 },
      (_, index) => `${(index * 7919) % 100_003}-${"k".repeat(20)}`,
    );
    expect(weakKey(keys)?.kind).toBe("sequential");
  });
});
