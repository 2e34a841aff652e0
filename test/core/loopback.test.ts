import { expect, test } from "vitest";
import { isLoopbackHost } from "../../src/core/loopback.js";

test.each([
  "localhost",
  "LocalHost",
  "127.0.0.1",
  "127.255.3.9",
  "::1",
  "[::1]",
  "0:0:0:0:0:0:0:1",
  "[0000::0001]",
  "::ffff:127.0.0.1",
  "[::ffff:127.8.8.8]",
  "[::ffff:7f00:1]",
])("%s is this machine", (host) => {
  expect(isLoopbackHost(host)).toBe(true);
});

test.each([
  "127.0.0.1.evil.com",
  "localhost.evil.com",
  "evil.localhost",
  "localhost.",
  "0.0.0.0",
  "::",
  "[::]",
  "128.0.0.1",
  "10.0.0.1",
  "[::ffff:10.0.0.1]",
  "::127.0.0.1",
  "127.1",
  "[127.0.0.1]x",
  "[localhost]",
  "127.0.0.1:80",
  "",
])("%s may be another machine", (host) => {
  expect(isLoopbackHost(host)).toBe(false);
});

test("spellings that browsers understand are recognised once URL has normalised them", () => {
  for (const url of ["http://127.1/", "http://0x7f.1/", "http://2130706433/", "http://LOCALHOST/"]) {
    expect(isLoopbackHost(new URL(url).hostname)).toBe(true);
  }
});
