import type { TlsFlags } from "./read-tls.js";

/** The flags of `mock`, as commander gives them. */
export interface MockFlags extends TlsFlags {
  readonly port: string;
  readonly host: string;
  readonly policy: string;
  readonly store: string;
  readonly state?: string;
  readonly seed: string;
  readonly explain: boolean;
  readonly color: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}
