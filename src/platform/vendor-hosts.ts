import { isLoopbackHost } from "../core/loopback.js";

const NAMES = `
mypurecloud.com mypurecloud.ie mypurecloud.com.au mypurecloud.jp mypurecloud.de usw2.pure.cloud cac1.pure.cloud
apne2.pure.cloud euw2.pure.cloud use2.us-gov-pure.cloud sae1.pure.cloud mec1.pure.cloud apne3.pure.cloud
euc2.pure.cloud mxc1.pure.cloud apse1.pure.cloud edee1.eusc-pure.cloud aps1.pure.cloud
`;

/** The domains of the 18 regions of JavaScript SDK 262.0.0, read 2026-11-21. */
const DOMAINS: readonly string[] = NAMES.trim().split(/\s+/);

function isOfPlatform(host: string): boolean {
  return DOMAINS.some((domain) => host === domain || host.endsWith(`.${domain}`));
}

const HOST = /^[a-z][a-z\d+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:]+)/i;

/** True for a URL on a host of the platform. Pure. */
export function isPlatformDomain(url: string): boolean {
  return isOfPlatform((HOST.exec(url)?.[1] ?? "").toLowerCase());
}

/**
 * True for a host of the platform, and for this machine, where a mock or a proxy of it may be. Another API may well have
 * paths under /api/v2 of its own. Pure.
 */
export function mayBePlatform(hostname: string): boolean {
  const host = hostname.toLowerCase();
  return isLoopbackHost(host) || isOfPlatform(host);
}
