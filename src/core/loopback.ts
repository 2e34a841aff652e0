import { BlockList, isIPv4, isIPv6 } from "node:net";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/**
 * True where a host can only mean this machine: `localhost` in any case, 127.0.0.0/8, `::1` in any spelling, with or
 * without brackets, and IPv4-mapped forms of 127.0.0.0/8. Names are never looked up, so `127.0.0.1.evil.com`,
 * `x.localhost` and `localhost.` are false, and so is 0.0.0.0, which a firewall may let others reach. Takes a host
 * without a port, best as `URL.hostname` gives it. Pure.
 */
export function isLoopbackHost(host: string): boolean {
  const bare = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  if (isIPv4(bare)) return LOOPBACK.check(bare, "ipv4");
  if (isIPv6(bare)) return LOOPBACK.check(bare, "ipv6");
  return host.toLowerCase() === "localhost";
}
