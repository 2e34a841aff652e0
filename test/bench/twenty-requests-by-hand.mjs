// What somebody would write without gcidem: a bare server, twenty requests, a line for each answer.
import { randomUUID } from "node:crypto";
import { createServer, request } from "node:http";

const server = createServer((incoming, response) => {
  let body = "";
  incoming.on("data", (chunk) => {
    body += chunk;
  });
  incoming.on("end", () => {
    JSON.parse(body);
    response.writeHead(202, { "Content-Type": "application/json", "ININ-Correlation-Id": randomUUID() });
    response.end();
  });
});

function send(url, key) {
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
    const outgoing = request(url, { method: "PATCH", headers }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode));
    });
    outgoing.on("error", reject);
    outgoing.end(JSON.stringify({ attributes: { "queue-name": "support-tier-2" } }));
  });
}

server.listen(0, "127.0.0.1", async () => {
  const { port } = server.address();
  const path = `/api/v2/conversations/calls/${randomUUID()}/participants/${randomUUID()}/attributes`;
  for (let index = 0; index < 20; index++) {
    console.log(`${index} ${await send(`http://127.0.0.1:${port}${path}`, randomUUID())}`);
  }
  server.closeAllConnections();
  server.close();
});
