import type { Owned } from "./owned.js";
import type { CredentialParts } from "./read-credentials.js";
import { apiUrlOf, type Region, tokenUrlOf } from "./regions.js";

/** Where an org is. */
export interface OrgPlace {
  /** In words: a region, or that there is a gateway. */
  readonly shown: string;
  readonly source: string;
  readonly api: Owned<string>;
  readonly tokenUrl: Owned<string>;
}

/** What one source (environment, config, gc) says of an org. Secrets are read only where the source counts. */
export interface OrgSource {
  readonly place: OrgPlace | null;
  /** Null: this source has none. */
  readonly credentials: {
    readonly source: string;
    readonly read: () => Promise<Owned<CredentialParts>>;
  } | null;
  readonly proxy: { readonly source: string; readonly read: () => Promise<Owned<string>> } | null;
  readonly warnings: readonly string[];
}

/** A region's hosts, as some source names the region. Pure. */
export function placeOfRegion(region: Region, source: string, owner: string): OrgPlace {
  const from = `region ${region.name}, ${source}`;
  return {
    shown: `${region.name} (${region.domain})`,
    source,
    api: { value: apiUrlOf(region), source: from, owner },
    tokenUrl: { value: tokenUrlOf(region), source: from, owner },
  };
}

/** Hosts in front of an org. Login and API may be one host. Pure. */
export function placeOfGateway(
  { api, login }: { readonly api: string; readonly login: string },
  source: string,
  owner: string,
): OrgPlace {
  const [base, loginBase] = [api, login].map((url) => url.replace(/\/+$/, ""));
  return {
    shown: "none: a gateway",
    source,
    api: { value: base ?? api, source, owner },
    tokenUrl: { value: `${loginBase ?? login}/oauth/token`, source, owner },
  };
}
