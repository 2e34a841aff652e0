import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { answered, get, rawServer, transport } from "./raw-server.js";

const MIB = 1024 * 1024;

/** 1 GiB of zeros in about 1 MiB: gzip allows a file to consist of several members. */
function bomb(): Buffer {
  const member = gzipSync(Buffer.alloc(16 * MIB));
  return Buffer.concat(Array.from({ length: 64 }, () => member));
}

test("a decompression bomb of 1 GiB is cut at 10 MiB and takes no more memory than that needs", async () => {
  const body = bomb();
  const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`;
  const server = await rawServer((socket) => socket.write(Buffer.concat([Buffer.from(head), body])));
  const before = process.resourceUsage().maxRSS;
  const outcome = answered(await transport().send(get(server.url, { timeoutMs: 60_000 })));
  expect(outcome.truncated).toBe(true);
  expect(outcome.body).toHaveLength(10 * MIB);
  expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(100);
});

test("a body without end is cut at the cap, and the server is hung up on", async () => {
  let closed: Promise<unknown> = Promise.resolve();
  const server = await rawServer((socket) => {
    closed = new Promise((resolve) => socket.once("close", resolve));
    const chunk = Buffer.alloc(64 * 1024, "x");
    const more = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    socket.on("drain", more);
    more();
  });
  const outcome = answered(await transport({ maxBodyBytes: MIB }).send(get(server.url)));
  expect([outcome.truncated, outcome.body.length]).toEqual([true, MIB]);
  await closed;
});
