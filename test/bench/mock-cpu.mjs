// What the mock's PATCH costs its process, keys and ETags checked, against a bare server with the same answers.
import { bundle } from "./bundle.mjs";
import { forkServer } from "./processes.mjs";
import { openLanes } from "./write-lanes.mjs";

const LANES = 10;
const PER_LANE = 300;

function cpuPerRequest(server, lanes) {
  return async () => {
    const before = await server.cpuMicroseconds();
    await lanes.round(PER_LANE);
    return ((await server.cpuMicroseconds()) - before) / (LANES * PER_LANE);
  };
}

/** Headers that Node's server adds by itself to what a bare server is told to answer. */
const NODES_OWN = ["connection", "keep-alive", "date", "transfer-encoding"];

/** An answer as the bare server takes it. */
function toBareAnswer({ head, body }) {
  const lines = head.split("\r\n").slice(1);
  const headers = lines
    .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()])
    .filter(([name]) => !NODES_OWN.includes(name.toLowerCase()));
  return JSON.stringify({ status: 200, headers: headers.flat(), body });
}

export const mockCpu = {
  name: "mock-cpu",
  limit: 1.5,
  unit: "µs of CPU a request",
  open: async () => {
    const bundled = await bundle(["mock/start-mock", "policy/read-policy"]);
    const urls = [bundled.url("mock/start-mock"), bundled.url("policy/read-policy")];
    const mock = await forkServer("mock-cpu-server.mjs", urls);
    const mockLanes = openLanes(mock.ready, LANES);
    await mockLanes.round(1);
    const bare = await forkServer("bare-server.mjs", [toBareAnswer(mockLanes.sample())]);
    const bareLanes = openLanes({ ...mock.ready, ...bare.ready }, LANES);
    return {
      base: { label: "bare node:http server", measure: cpuPerRequest(bare, bareLanes) },
      tried: { label: "embedded mock", measure: cpuPerRequest(mock, mockLanes) },
      close: async () => {
        await Promise.all([mock.close(), bare.close()]);
        bundled.close();
      },
    };
  },
};
