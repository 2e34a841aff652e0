import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readHar } from "../../src/intake/read-har.js";
import { type Chromium, HAS_CHROMIUM, startChromium } from "./chromium.js";
import { exchangesIn } from "./recorders.js";

const WORKER = `
  self.addEventListener("install", () => self.skipWaiting());
  self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
  self.addEventListener("fetch", (event) => event.respondWith(fetch(event.request)));
`;

/** Resolves in the page once its worker fetches for it. */
const UNDER_CONTROL = `navigator.serviceWorker.register("/worker.js").then(() => new Promise((resolve) => {
  const controlled = () => navigator.serviceWorker.controller !== null && resolve(true);
  navigator.serviceWorker.addEventListener("controllerchange", controlled);
  controlled();
}))`;

describe.skipIf(!HAS_CHROMIUM)("a page whose service worker fetches for it", () => {
  let server: Server;
  let chromium: Chromium;
  const writes: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.method === "PATCH") writes.push(request.url ?? "");
      const script = request.url === "/worker.js";
      response.setHeader("content-type", script ? "text/javascript" : "text/html");
      request.resume().on("end", () => response.end(script ? WORKER : "<p>a page"));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    chromium = await startChromium(`http://127.0.0.1:${port}/`);
    expect(await chromium.inPage(UNDER_CONTROL)).toBe(true);
  });

  afterAll(async () => {
    await chromium?.close();
    server?.closeAllConnections();
    server?.close();
  });

  test("has each request twice in the export, which is one exchange", async () => {
    const send = `fetch("/orders/7", { method: "PATCH", body: "x" }).then((answer) => answer.text())`;
    await chromium.inPage(send);
    await chromium.inPage(send);
    const har = await chromium.exportHar({ sanitized: true });
    expect(har.match(/"method": "PATCH"/g)).toHaveLength(4);
    const sent = exchangesIn(readHar(har)).filter(({ request }) => request.method === "PATCH");
    expect(sent).toHaveLength(writes.length);
    expect(writes).toEqual(["/orders/7", "/orders/7"]);
  });
});
