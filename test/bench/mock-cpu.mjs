// What the mock's PATCH costs its process, keys and ETags checked, against a bare server with the same answers.
import { randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { bundle } from "./bundle.mjs";
import { forkServer } from "./processes.mjs";

const LANES = 8;
const PER_LANE = 250;
const BODY = JSON.stringify({ attributes: { "queue-name": "support-tier-2" } });

function patch(agent, url, headers) {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: "PATCH", agent, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ response, body: Buffer.concat(chunks).toString() }));
    });
    outgoing.on("error", reject);
    outgoing.end(BODY);
  });
}

/** Conversations that are written over and over, each write with a new key and the ETag that the last one gave. */
function openLanes({ url, authorization }) {
  const agent = new Agent({ keepAlive: true, maxSockets: LANES });
  const lanes = Array.from({ length: LANES }, () => ({
    url: `${url}/api/v2/conversations/calls/${randomUUID()}/participants/${randomUUID()}/attributes`,
    etag: null,
  }));
  const write = async (lane) => {
    const { response, body } = await patch(agent, lane.url, {
      "Content-Type": "application/json",
      "Content-Length": Buffer.byteLength(BODY),
      "Idempotency-Key": randomUUID(),
      ...(authorization === undefined ? {} : { Authorization: authorization }),
      ...(lane.etag === null ? {} : { "If-Match": lane.etag }),
    });
    if (response.statusCode !== 200)
      throw new Error(`the mock answered ${response.statusCode}: ${body.slice(0, 300)}`);
    if (response.headers.etag === undefined) throw new Error("the mock's answer has no ETag");
    lane.etag = response.headers.etag;
    return { response, body };
  };
  const round = () =>
    Promise.all(
      lanes.map(async (lane) => {
        for (let index = 0; index < PER_LANE; index++) await write(lane);
      }),
    );
  return { sample: () => write(lanes[0]), round, close: () => agent.destroy() };
}

function cpuPerRequest(server, lanes) {
  return async () => {
    const before = await server.cpuMicroseconds();
    await lanes.round();
    return ((await server.cpuMicroseconds()) - before) / (LANES * PER_LANE);
  };
}

export const mockCpu = {
  name: "mock-cpu",
  limit: 2,
  unit: "µs of CPU a request",
  open: async () => {
    const bundled = await bundle(["mock/start-mock", "policy/read-policy"]);
    const urls = [bundled.url("mock/start-mock"), bundled.url("policy/read-policy")];
    const mock = await forkServer("mock-cpu-server.mjs", urls);
    const mockLanes = openLanes(mock.ready);
    const { response, body } = await mockLanes.sample();
    const hopByHop = (name) =>
      ["connection", "keep-alive", "date", "transfer-encoding"].includes(name.toLowerCase());
    const headers = response.rawHeaders.filter((_, index, all) => !hopByHop(all[index - (index % 2)]));
    const answer = JSON.stringify({ status: response.statusCode, headers, body });
    const bare = await forkServer("bare-server.mjs", [answer]);
    const bareLanes = openLanes({ ...bare.ready, authorization: mock.ready.authorization });
    return {
      base: { label: "bare node:http server", measure: cpuPerRequest(bare, bareLanes) },
      tried: { label: "embedded mock", measure: cpuPerRequest(mock, mockLanes) },
      close: async () => {
        mockLanes.close();
        bareLanes.close();
        await Promise.all([mock.close(), bare.close()]);
        bundled.close();
      },
    };
  },
};
