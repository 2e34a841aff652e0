import { didYouMean } from "../document/did-you-mean.js";

/** One of the platform's regions: the cloud provider's name for it, and the domain under which its hosts are. */
export interface Region {
  readonly name: string;
  readonly domain: string;
}

/** As the vendor's JavaScript SDK lists them (PureCloudRegionHosts of 262.0.0); looked up 2026-11-21. */
export const REGIONS: readonly Region[] = [
  { name: "us-east-1", domain: "mypurecloud.com" },
  { name: "eu-west-1", domain: "mypurecloud.ie" },
  { name: "ap-southeast-2", domain: "mypurecloud.com.au" },
  { name: "ap-northeast-1", domain: "mypurecloud.jp" },
  { name: "eu-central-1", domain: "mypurecloud.de" },
  { name: "us-west-2", domain: "usw2.pure.cloud" },
  { name: "ca-central-1", domain: "cac1.pure.cloud" },
  { name: "ap-northeast-2", domain: "apne2.pure.cloud" },
  { name: "eu-west-2", domain: "euw2.pure.cloud" },
  { name: "us-east-2", domain: "use2.us-gov-pure.cloud" },
  { name: "sa-east-1", domain: "sae1.pure.cloud" },
  { name: "me-central-1", domain: "mec1.pure.cloud" },
  { name: "ap-northeast-3", domain: "apne3.pure.cloud" },
  { name: "eu-central-2", domain: "euc2.pure.cloud" },
  { name: "mx-central-1", domain: "mxc1.pure.cloud" },
  { name: "ap-southeast-1", domain: "apse1.pure.cloud" },
  { name: "eusc-de-east-1", domain: "edee1.eusc-pure.cloud" },
  { name: "ap-south-1", domain: "aps1.pure.cloud" },
];

/** The vendor's CLI spells some names with underscores (`eu_central_2`); people write them in any case. */
function folded(text: string): string {
  return text.trim().toLowerCase().replaceAll("_", "-");
}

/** The region of an AWS name or a domain, in any case, with hyphens or underscores; null for any other text. Pure. */
export function findRegion(text: string): Region | null {
  const wanted = folded(text);
  return REGIONS.find(({ name, domain }) => name === wanted || domain === wanted) ?? null;
}

/** The region whose API host this is; null for any other host. Pure. */
export function regionOfApiHost(host: string): Region | null {
  return host.startsWith("api.") ? (REGIONS.find(({ domain }) => host === `api.${domain}`) ?? null) : null;
}

/** The region whose login host this is; null for any other host. Pure. */
export function regionOfLoginHost(host: string): Region | null {
  return host.startsWith("login.")
    ? (REGIONS.find(({ domain }) => host === `login.${domain}`) ?? null)
    : null;
}

/** Where a region's API answers. Pure. */
export function apiUrlOf({ domain }: Region): string {
  return `https://api.${domain}`;
}

/** Where a region gives tokens. Pure. */
export function tokenUrlOf({ domain }: Region): string {
  return `https://login.${domain}/oauth/token`;
}

/** What a person who wrote an unknown region may have meant, as a hint. Pure. */
export function regionHint(text: string): string {
  const wanted = folded(text).replace(/^https?:\/\//, "");
  const ofHost = /^(?:api|apps|login)\.([^/]+)/.exec(wanted)?.[1];
  const names = REGIONS.flatMap(({ name, domain }) => [name, domain]);
  const meant = findRegion(ofHost ?? "")?.domain ?? didYouMean(ofHost ?? wanted, names);
  if (meant !== null) return `did you mean \`${meant}\`?`;
  return `there are ${REGIONS.map(({ name, domain }) => `${name} (${domain})`).join(", ")}`;
}
