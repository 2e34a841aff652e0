import { createServer } from "node:https";
import type { TLSSocket } from "node:tls";
import { describe, expect, test } from "vitest";
import { GcidemError } from "../../src/core/errors.js";
import { createTransport } from "../../src/transport/create-transport.js";
import type { ReleaseTechnique } from "../../src/transport/race.js";
import type { TransportOptions } from "../../src/transport/transport.js";
import { answered, clock, get, listening, text, transport } from "./raw-server.js";
import { fixture } from "./tls-fixture.js";

/** A server that asks every client for a certificate, and answers with the one it was shown. */
async function askingServer(): Promise<string> {
  const tls = { key: fixture("server.key"), cert: fixture("server.pem") };
  const server = createServer(
    { ...tls, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const shown = (request.socket as TLSSocket).getPeerX509Certificate();
      response.end(shown === undefined ? "none" : "shown");
    },
  );
  return `https://localhost:${await listening(server)}`;
}

function showingTo(...origins: readonly string[]): Partial<TransportOptions> {
  const clientCertificate = { cert: fixture("server.pem"), key: fixture("server.key"), origins };
  return { ca: fixture("authority.pem"), clientCertificate };
}

describe("a client certificate", () => {
  test("is shown to the origins it is for, and to no other that asks for one", async () => {
    const [own, other] = [await askingServer(), await askingServer()];
    const sender = transport(showingTo(own));
    expect(text(answered(await sender.send(get(`${own}/`))))).toBe("shown");
    expect(text(answered(await sender.send(get(`${other}/`))))).toBe("none");
    expect(text(answered(await sender.send(get(`${own}/again`))))).toBe("shown");
  });

  test.each<ReleaseTechnique>(["last-byte", "warm", "naive"])(
    "is shown in a race by %s, too",
    async (technique) => {
      const own = await askingServer();
      for (const [origin, expected] of [
        [own, "shown"],
        ["https://elsewhere.example", "none"],
      ] as const) {
        const sender = transport(showingTo(origin));
        const line = await sender.openRace({ url: `${own}/`, writers: 2, technique, warmUp: null });
        const requests = [0, 1].map(() => ({ request: get(`${own}/`) }));
        const { outcomes } = await line.wave(requests, { offsetsMs: [0, 0] });
        expect(outcomes.map((each) => each && text(answered(each)))).toEqual([expected, expected]);
        await line.close();
      }
    },
  );

  test.each([
    ["no key", fixture("server.pem"), "x"],
    ["no certificate", "x", fixture("server.key")],
    ["the certificate of another key", fixture("stranger.pem"), fixture("server.key")],
  ])("that is %s is refused before anything is sent", (_what, cert, key) => {
    const make = (): unknown =>
      createTransport({ clock: clock(), clientCertificate: { cert, key, origins: [] } });
    expect(make).toThrow(GcidemError);
    expect(make).toThrow("the client certificate and its key cannot be used together");
  });
});
