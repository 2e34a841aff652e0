import { createServer } from "node:https";
import { createServer as createPlainServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { GcidemError } from "../../src/core/errors.js";
import { createTransport } from "../../src/transport/create-transport.js";
import { answered, clock, failed, get, listening, text, transport } from "./raw-server.js";
import { fixture } from "./tls-fixture.js";

const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;

afterEach(() => {
  if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
});

async function tlsServer(): Promise<number> {
  const server = createServer(
    { key: fixture("server.key"), cert: fixture("server.pem") },
    (_request, response) => response.end("secure"),
  );
  return listening(server);
}

test("a certificate of one's own authority is trusted when the authority is named", async () => {
  const port = await tlsServer();
  const sender = transport({ ca: fixture("authority.pem") });
  for (const host of ["localhost", "127.0.0.1"]) {
    expect(text(answered(await sender.send(get(`https://${host}:${port}/`))))).toBe("secure");
  }
});

test("an authority that NODE_EXTRA_CA_CERTS names stays trusted beside one's own", async () => {
  const port = await tlsServer();
  const file = new URL("../fixtures/tls/authority.pem", import.meta.url).pathname;
  const sender = transport({ ca: fixture("stranger.pem"), env: { NODE_EXTRA_CA_CERTS: file } });
  answered(await sender.send(get(`https://localhost:${port}/`)));
});

test.each([
  ["no authority", undefined],
  ["another authority", "stranger.pem"],
])("with %s named the certificate is refused before anything is sent", async (_what, ca) => {
  const port = await tlsServer();
  const sender = transport(ca === undefined ? {} : { ca: fixture(ca) });
  const outcome = failed(await sender.send(get(`https://localhost:${port}/`)));
  expect(outcome).toMatchObject({ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE", phase: "connect" });
  expect(outcome.message).toContain(`the TLS certificate of localhost:${port} is not trusted`);
  expect(outcome.message).toContain("--cacert");
  expect(outcome.timings.sentMs).toBeNull();
});

test("verification cannot be switched off from outside", async () => {
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
  const port = await tlsServer();
  const outcome = failed(await transport().send(get(`https://localhost:${port}/`)));
  expect(outcome).toMatchObject({ phase: "connect" });
});

test("https to a server that speaks plain http is a failure to connect", async () => {
  const server = createPlainServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const port = await listening(server);
  const outcome = failed(await transport().send(get(`https://127.0.0.1:${port}/`)));
  expect(outcome).toMatchObject({ phase: "connect", timings: { sentMs: null } });
  expect(outcome.message).toContain(`no TLS connection to 127.0.0.1:${port}`);
});

test("a file that is no certificate is said at once", () => {
  const make = (): unknown => createTransport({ clock: clock(), ca: "not a certificate" });
  expect(make).toThrow(GcidemError);
  expect(make).toThrow("no certificate in PEM form");
});
