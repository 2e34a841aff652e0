/** Written in by the build. */
declare const GCIDEM_VERSION: string | undefined;

/** The package's version; `0.0.0-source` where the sources run unbuilt. */
export const VERSION: string = typeof GCIDEM_VERSION === "undefined" ? "0.0.0-source" : GCIDEM_VERSION;
