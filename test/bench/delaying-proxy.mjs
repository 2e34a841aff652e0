// A TCP proxy that delays each chunk, in either direction, by 10 to 30 ms at random, keeping the order within
// a connection. argv: the port it leads to.
import { connect, createServer } from "node:net";

const [, , targetPort] = process.argv;
const SHORTEST_MS = 10;
const LONGEST_MS = 30;

/** Passes what comes from one side on to the other, later. */
function relay(from, to) {
  const waiting = [];
  // Timers of different lengths may fire out of order, so each passes on whatever is first.
  const later = (act) => {
    waiting.push(act);
    setTimeout(() => waiting.shift()(), SHORTEST_MS + Math.random() * (LONGEST_MS - SHORTEST_MS));
  };
  from.on("data", (chunk) => later(() => to.writable && to.write(chunk)));
  from.on("end", () => later(() => to.end()));
  from.on("error", () => to.destroy());
  from.on("close", () => later(() => to.destroy()));
}

const server = createServer({ noDelay: true }, (client) => {
  const upstream = connect({ port: Number(targetPort), host: "127.0.0.1", noDelay: true });
  relay(client, upstream);
  relay(upstream, client);
});

process.on("disconnect", () => process.exit());
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
