import { createServer } from "node:http";
import { networkInterfaces } from "node:os";
import { listen } from "./listening.js";

/** False on machines without IPv6, containers often. */
export function hasIpv6Loopback(): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    (addresses ?? []).some(({ address }) => address === "::1"),
  );
}

/** An HTTP server that listens on `::1` and on no other address. */
export interface Ipv6Server {
  readonly url: string;
  readonly port: number;
  readonly seen: readonly string[];
  readonly close: () => Promise<void>;
}

/** Starts one that says `{"ok":true}`. Ask `hasIpv6Loopback` first. */
export async function startIpv6Server(): Promise<Ipv6Server> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
  });
  const { port, close } = await listen(server, "::1");
  return { url: `http://[::1]:${port}`, port, seen, close };
}
