// A bare node:http server in a process of its own: reads the body, parses it, answers with what it was given.
import { createServer } from "node:http";

/** Status, header lines (flat) and body of every answer; by default a small JSON answer. */
const answer = JSON.parse(process.argv[2] ?? "null") ?? {
  status: 200,
  headers: ["Content-Type", "application/json", "Content-Length", "15"],
  body: '{"answer":true}',
};

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    if (body !== "") JSON.parse(body);
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  });
});

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send(user + system);
});
process.on("disconnect", () => process.exit());
server.listen(0, "127.0.0.1", () => process.send({ url: `http://127.0.0.1:${server.address().port}` }));
