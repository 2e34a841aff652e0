import { describe, expect, test } from "vitest";
import { type Random, seededRandom } from "../../src/core/random.js";
import type { Mock } from "../../src/mock/mock.js";
import { startMock } from "../../src/mock/start-mock.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { END_HEADERS, END_STREAM, fields, frame, PREFACE, pseudoFields, TYPE } from "./http2-frames.js";
import { type Dice, diceOf } from "./random-bodies.js";
import { createRandomRequests } from "./random-requests.js";
import { CERTIFICATE, open } from "./wires.js";

/** Another one finds other things: `GCIDEM_FUZZ_SEED=7 npx vitest run test/mock/raw-fuzz.test.ts`. */
const SEED = Number(process.env.GCIDEM_FUZZ_SEED ?? 1);

const policy = { ...presetPolicy("forum-lore"), rateLimit: null };

/** Pieces that mean something to a parser of HTTP, at places where they should not be. */
const PIECES = [
  "\r\n",
  "\r\n\r\n",
  "\n",
  "\r",
  "\u0000",
  ":",
  " ",
  "Transfer-Encoding: chunked\r\n",
  "Content-Length: 18446744073709551616\r\n",
  "Content-Length: 1\r\n",
  "0\r\n\r\n",
  "ffffffffffffffff\r\n",
  " HTTP/1.1\r\n",
  "Connection: Upgrade\r\nUpgrade: websocket\r\n",
  "Expect: 100-continue\r\n",
  "CONNECT ",
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
].map((text) => Buffer.from(text, "latin1"));

/** A message with some of its bytes changed, lost, doubled, moved or strange. */
function mutated(message: Buffer, { below, chance, pick }: Dice): Buffer {
  let bytes = message;
  do {
    const at = below(bytes.length + 1);
    const end = at + below(chance(3) ? bytes.length - at + 1 : 5);
    const [before, cut, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
    const kind = below(7);
    if (kind === 0) bytes = Buffer.concat([before, Buffer.from([below(256)]), after]);
    else if (kind === 1) bytes = Buffer.concat([before, after]);
    else if (kind === 2) bytes = Buffer.concat([before, cut, cut, after]);
    else if (kind === 3) bytes = Buffer.concat([after, cut, before]);
    else if (kind === 4) bytes = before;
    else if (kind === 5) bytes = Buffer.concat([before, pick(PIECES), after]);
    else bytes = Buffer.concat([before, Buffer.from(cut).reverse(), after]);
  } while (!chance(2));
  return bytes;
}

/** Sends bytes, says that there are no more, and waits until the server has hung up. */
function deliver(url: string, bytes: Buffer, protocols?: string[]): Promise<void> {
  return new Promise((resolve) => {
    const socket = open(url, protocols);
    socket.on("error", () => {});
    socket.on("close", () => resolve());
    socket.resume().end(bytes);
  });
}

/** Exactly what a client that means well gets, on a connection of its own. */
async function stillServes(mock: Mock, what: Buffer): Promise<void> {
  const head = `GET /api/v2/users/me HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${mock.token(null, "valid")}\r\nConnection: close\r\n\r\n`;
  const text = await new Promise<string>((resolve) => {
    const socket = open(mock.url);
    let received = "";
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      received += chunk;
    });
    socket.on("close", () => resolve(received));
    socket.write(head);
  });
  expect(text, `seed ${SEED}, after ${what.toString("base64")}`).toMatch(/^HTTP\/1\.1 200 /);
}

async function fuzz(
  mock: Mock,
  next: (dice: Dice) => Buffer,
  how: { readonly random: Random; readonly count: number; readonly protocols?: string[] },
): Promise<void> {
  const dice = diceOf(how.random);
  for (let sent = 0; sent < how.count; sent++) {
    const bytes = mutated(next(dice), dice);
    await deliver(mock.url, bytes, how.protocols);
    if (sent % 50 === 0 || sent === how.count - 1) await stillServes(mock, bytes);
  }
  const bugs = mock.trace().filter(({ status }) => status === 500);
  expect(bugs, `seed ${SEED}`).toEqual([]);
}

describe(`mutated messages, seed ${SEED}`, () => {
  test("four thousand over HTTP/1.1 leave a server that answers", async () => {
    const mock = await startMock({ policy });
    const random = seededRandom(SEED, "raw");
    const token = (): string => String(mock.token(null, "valid"));
    const request = createRandomRequests({ random, policy, token, etags: ['"1-8303"'] });
    const next = (): Buffer => {
      const { bytes, isHuge } = request();
      return isHuge ? Buffer.alloc(0) : bytes;
    };
    await fuzz(mock, next, { random, count: 4_000 });
    await mock.close();
  }, 60_000);

  test("a thousand over HTTP/2 do, too", async () => {
    const mock = await startMock({ policy, tls: CERTIFICATE });
    const random = seededRandom(SEED, "frames");
    const authorization = ["authorization", `Bearer ${mock.token(null, "valid")}`] as const;
    const opening = Buffer.concat([PREFACE, frame(TYPE.settings, 0)]);
    const exchange = (dice: Dice, stream: number): Buffer => {
      const method = dice.pick(["GET", "PUT", "PATCH", "POST", "CONNECT"]);
      const list = [
        ...pseudoFields(method, "/api/v2/mock/things/1"),
        authorization,
        ["expect", "100-continue"] as const,
      ];
      const payload = fields(dice.chance(5) ? list.toReversed() : list.slice(0, -1));
      const body = frame(TYPE.data, stream, { flags: END_STREAM, payload: Buffer.from('{"a":1}') });
      return Buffer.concat([
        frame(TYPE.headers, stream, { flags: END_HEADERS, payload }),
        dice.chance(3)
          ? frame(dice.pick(Object.values(TYPE)), dice.below(6), { payload: Buffer.alloc(dice.below(9)) })
          : body,
        body,
      ]);
    };
    const next = (dice: Dice): Buffer =>
      Buffer.concat([opening, exchange(dice, 1), exchange(dice, 3), exchange(dice, 5)]);
    await fuzz(mock, next, { random, count: 1_000, protocols: ["h2"] });
    await mock.close();
  }, 60_000);
});
