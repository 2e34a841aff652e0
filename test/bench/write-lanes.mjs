// Writes to participants over bare sockets: node:http's own client takes longer for a request than the servers do, and
// would leave them waiting.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";

const BODY = JSON.stringify({ attributes: { "queue-name": "support-tier-2" } });

function headOf({ url, authorization }) {
  const { host } = new URL(url);
  const path = `/api/v2/conversations/calls/${randomUUID()}/participants/${randomUUID()}/attributes`;
  return [
    `PATCH ${path} HTTP/1.1`,
    `Host: ${host}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(BODY)}`,
    `Authorization: ${authorization}`,
  ].join("\r\n");
}

/** What a whole answer says; null for one that still comes. */
function readAnswer(text) {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const head = text.slice(0, headEnd);
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
  const body = text.slice(headEnd + 4);
  return body.length < length ? null : { head, body, etag: /\r\netag: ([^\r]+)/i.exec(head)?.[1] };
}

/** A participant that is written over and over: each write has a new key and the ETag that the last one gave. */
function newLane(server) {
  const head = headOf(server);
  const lane = { etag: null, answer: null };
  const request = () => {
    const ifMatch = lane.etag === null ? "" : `\r\nIf-Match: ${lane.etag}`;
    return `${head}\r\nIdempotency-Key: ${randomUUID()}${ifMatch}\r\n\r\n${BODY}`;
  };
  const take = (answer) => {
    if (!answer.head.startsWith("HTTP/1.1 200 ")) throw new Error(`answered ${answer.head.slice(0, 300)}`);
    if (answer.etag === undefined) throw new Error("an answer has no ETag");
    lane.etag = answer.etag;
    lane.answer = answer;
  };
  return { lane, request, take };
}

/** Writes `count` times over a connection of its own, each once the one before is answered. */
async function write({ request, take }, server, count) {
  const { hostname, port } = new URL(server.url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  socket.setEncoding("latin1");
  await once(socket, "connect");
  let left = count;
  let text = "";
  await new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the server hung up")));
    socket.on("data", (chunk) => {
      text += chunk;
      const answer = readAnswer(text);
      if (answer === null) return;
      text = "";
      try {
        take(answer);
      } catch (error) {
        reject(error);
      }
      left -= 1;
      if (left > 0) socket.write(request(), "latin1");
      else resolve();
    });
    socket.write(request(), "latin1");
  });
  socket.destroy();
}

/** Keeps this process awake: to wake it up would be work of the server's, and the more the slower it is. */
async function awake(work) {
  let isOver = false;
  const spin = () => {
    if (!isOver) setImmediate(spin);
  };
  spin();
  try {
    return await work();
  } finally {
    isOver = true;
  }
}

/** Lanes that write at the same time. `sample` gives a lane's newest answer: its head, its body. */
export function openLanes(server, count) {
  const lanes = Array.from({ length: count }, () => newLane(server));
  return {
    round: (perLane) => awake(() => Promise.all(lanes.map((lane) => write(lane, server, perLane)))),
    sample: () => lanes[0].lane.answer,
  };
}
