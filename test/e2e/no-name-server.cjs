// Preloaded into the commands that end-to-end tests start: no name is ever asked of a name server, so nothing leaves
// the machine. Loopback is pinned by gcidem itself and never looked up.
const dns = require("node:dns");
const { isIP } = require("node:net");

const { lookup } = dns;

dns.lookup = (hostname, options, callback) => {
  if (isIP(hostname) !== 0) return lookup(hostname, options, callback);
  const done = callback ?? options;
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
    code: "ENOTFOUND",
    errno: -3008,
    syscall: "getaddrinfo",
    hostname,
  });
  return process.nextTick(() => done(error));
};
