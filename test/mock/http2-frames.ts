import type { Socket } from "node:net";

/** What a client sends first (RFC 9113, 3.4). */
export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** Frame types (RFC 9113, 6). */
export const TYPE = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const END_STREAM = 1;
export const ACK = 1;
export const END_HEADERS = 4;

/** One frame as bytes. */
export function frame(
  type: number,
  stream: number,
  { flags = 0, payload = Buffer.alloc(0) }: { readonly flags?: number; readonly payload?: Buffer } = {},
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  const size = [127];
  let left = bytes.length - 127;
  for (; left >= 128; left >>>= 7) size.push((left & 127) | 128);
  return Buffer.concat([Buffer.from([...size, left]), bytes]);
}

/** Fields as HPACK literals (RFC 7541, 6.2.2): no table, no Huffman code, no check of anything. */
export function fields(list: readonly (readonly [name: string, value: string])[]): Buffer {
  return Buffer.concat(list.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

/** The fields that every request has. */
export function pseudoFields(method: string, path: string): readonly (readonly [string, string])[] {
  return [
    [":method", method],
    [":scheme", "https"],
    [":authority", "localhost"],
    [":path", path],
  ];
}

/** A frame that was read. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** Reads frames from a socket until `enough`, or until it closes. */
export function readFrames(
  socket: Socket,
  enough: (frames: readonly Frame[]) => boolean,
): Promise<readonly Frame[]> {
  return new Promise((resolve) => {
    const frames: Frame[] = [];
    let rest = Buffer.alloc(0);
    const finish = (): void => resolve(frames);
    socket.on("error", () => {});
    socket.on("close", finish);
    socket.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 9) {
        const end = 9 + rest.readUIntBE(0, 3);
        if (rest.length < end) break;
        const payload = rest.subarray(9, end);
        frames.push({
          type: rest.readUInt8(3),
          flags: rest.readUInt8(4),
          stream: rest.readUInt32BE(5) & 0x7fffffff,
          payload,
        });
        rest = rest.subarray(end);
      }
      if (enough(frames)) finish();
    });
  });
}

/** The status of the first answer on a stream, where its server wrote it by RFC 7541's table or as a literal; or null. */
export function statusOf(frames: readonly Frame[], stream: number): number | null {
  const head = frames.find((each) => each.type === TYPE.headers && each.stream === stream)?.payload;
  if (head === undefined) return null;
  const indexed: Readonly<Record<number, number>> = {
    8: 200,
    9: 204,
    10: 206,
    11: 304,
    12: 400,
    13: 404,
    14: 500,
  };
  const first = head[0] ?? 0;
  if ((first & 0x80) !== 0) return indexed[first & 0x7f] ?? null;
  const size = (head[1] ?? 0) & 0x7f;
  const isHuffman = ((head[1] ?? 0) & 0x80) !== 0;
  return isHuffman
    ? huffmanDigits(head.subarray(2, 2 + size))
    : Number(head.subarray(2, 2 + size).toString());
}

/** The digits' codes (RFC 7541, appendix B): 0 to 2 have five bits, 3 to 9 six. */
function huffmanDigits(bytes: Buffer): number {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  let digits = "";
  while (digits.length < 3) {
    const five = Number.parseInt(bits.slice(0, 5), 2);
    const length = five <= 2 ? 5 : 6;
    digits += five <= 2 ? five : Number.parseInt(bits.slice(0, 6), 2) - 0x19 + 3;
    bits = bits.slice(length);
  }
  return Number(digits);
}
