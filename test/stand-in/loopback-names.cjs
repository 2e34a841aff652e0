// Preloaded into commands that a test starts. The names in STAND_IN_NAMES lead to ports of 127.0.0.1, whatever port was
// asked for; no other name is known, so that nothing leaves the machine. Its form: `name=port,name=port`.
const dns = require("node:dns");
const net = require("node:net");

const { lookup } = dns;
const ports = new Map(
  (process.env.STAND_IN_NAMES ?? "")
    .split(",")
    .filter((each) => each !== "")
    .map((each) => [each.split("=")[0], Number(each.split("=")[1])]),
);

dns.lookup = (hostname, options, callback) => {
  const done = callback ?? options;
  if (net.isIP(hostname) !== 0) return lookup(hostname, options, callback);
  if (ports.has(hostname)) {
    const all = callback !== undefined && options.all === true;
    const address = "127.0.0.1";
    return process.nextTick(() => (all ? done(null, [{ address, family: 4 }]) : done(null, address, 4)));
  }
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
    code: "ENOTFOUND",
    errno: -3008,
    syscall: "getaddrinfo",
    hostname,
  });
  return process.nextTick(() => done(error));
};

const { connect } = net.Socket.prototype;

/** Node hands the options over by themselves or as the first of a normalised list. */
function optionsOf([first]) {
  if (Array.isArray(first)) return first[0];
  return typeof first === "object" ? first : null;
}

net.Socket.prototype.connect = function connectToLoopback(...args) {
  const options = optionsOf(args);
  const port = ports.get(options?.host);
  if (port !== undefined) options.port = port;
  return connect.apply(this, args);
};
