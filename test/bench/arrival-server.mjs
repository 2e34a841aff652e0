// Records when requests arrive whole, in a process of its own. Speaks HTTP/2 and HTTP/1.1 over TLS. argv: key file,
// certificate file. Answers a message with the arrivals since the last one, in ms.
import { readFileSync } from "node:fs";
import { createSecureServer } from "node:http2";

const [, , keyFile, certificateFile] = process.argv;
let arrivalsMs = [];

function take(request, response) {
  request.on("data", () => {});
  request.on("end", () => {
    arrivalsMs.push(performance.now());
    // To answer takes longer than to read: whoever has arrived meanwhile must not be seen later for it.
    setImmediate(() => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end('{"answer":true}');
    });
  });
}

const certificate = { key: readFileSync(keyFile), cert: readFileSync(certificateFile) };
const server = createSecureServer({ ...certificate, allowHTTP1: true }, take);

process.on("message", () => {
  process.send(arrivalsMs);
  arrivalsMs = [];
});
process.on("disconnect", () => process.exit());
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
