// 10,000 requests one after another: what the transport adds to the bare library that it is built on.
import got from "got";
import { bundle } from "./bundle.mjs";
import { PAIRS, wallMs } from "./paired.mjs";
import { forkServer } from "./processes.mjs";

const REQUESTS = 10_000;
const PER_BLOCK = Math.ceil(REQUESTS / PAIRS);
const BODY = '{"attributes":{"queue-name":"support-tier-2"}}';

export const sequentialTransport = {
  name: "sequential-transport",
  // The whole of a run (journal, templates, checks) may take 1.25; transport's own share is nothing.
  limit: 1.05,
  unit: "µs a request",
  open: async () => {
    const server = await forkServer("bare-server.mjs");
    const bundled = await bundle(["transport/create-transport", "core/clock"]);
    const { createTransport } = await import(bundled.url("transport/create-transport"));
    const { realClock } = await import(bundled.url("core/clock"));
    const transport = createTransport({ clock: realClock() });
    const url = `${server.ready.url}/api/v2/conversations/calls/c/participants/p/attributes`;
    const headers = { "content-type": "application/json", "idempotency-key": "k" };
    const body = Buffer.from(BODY);
    const bare = async () => {
      for (let index = 0; index < PER_BLOCK; index++) {
        const options = { method: "PATCH", headers, body: BODY, retry: { limit: 0 } };
        await got(url, { ...options, throwHttpErrors: false, followRedirect: false });
      }
    };
    const ours = async () => {
      const request = {
        method: "PATCH",
        url,
        headers: Object.entries(headers),
        body,
        timeoutMs: 10_000,
        abort: null,
      };
      for (let index = 0; index < PER_BLOCK; index++) {
        const outcome = await transport.send(request);
        if (outcome.kind !== "response") throw new Error(outcome.message);
      }
    };
    const perRequest = (run) => async () => ((await wallMs(run)) * 1_000) / PER_BLOCK;
    return {
      base: { label: "await got(url, ...)", measure: perRequest(bare) },
      tried: { label: "transport.send(request)", measure: perRequest(ours) },
      close: async () => {
        await transport.close();
        await server.close();
        bundled.close();
      },
    };
  },
};
