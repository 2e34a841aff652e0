import type { LookupFunction } from "node:net";
import { isLoopbackHost } from "../core/loopback.js";

const LOOPBACK_ADDRESSES = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

/** `localhost` without asking anybody: a resolver or a hosts file could send it elsewhere. */
const lookUpLoopback: LookupFunction = (_hostname, options, callback) => {
  if (options.all === true) callback(null, LOOPBACK_ADDRESSES);
  else callback(null, "127.0.0.1", 4);
};

/**
 * Node 20 gives each of several addresses 250 ms to accept before it tries the next and at last fails, which a server
 * on the other side of the world does not meet.
 */
export const ADDRESS_OPTIONS = {
  autoSelectFamily: true,
  autoSelectFamilyAttemptTimeout: 2_000,
} as const;

/** Where a server listens, as Node's own functions take it. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly lookup?: LookupFunction;
}

/** A URL's host without brackets. Pure. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "");
}

function portOf(url: URL): number {
  return Number(url.port || (url.protocol === "https:" ? 443 : 80));
}

/** `host:port`, the port always said. Pure. */
export function addressOf(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

/** Where to connect for a URL; loopback is never looked up. Pure. */
export function endpointOf(url: URL): Endpoint {
  const lookup = isLoopbackHost(url.hostname) ? { lookup: lookUpLoopback } : {};
  return { host: hostOf(url), port: portOf(url), ...lookup };
}
