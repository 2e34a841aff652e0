/** A setting and where it came from, in words that a person knows it by. A secret is never shown, its source is. */
export interface Sourced<Value> {
  readonly value: Value;
  /** Such as `flag --target`, `environment GENESYSCLOUD_REGION`, `gcidem.config.yaml:4:5`, `~/.gc/config.toml [prod]`. */
  readonly source: string;
}

/** What a target knows its caller by. */
export type Credentials =
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  /** A header of the API's own, such as X-Api-Key: for the origin of the base URL alone, like the others. */
  | { readonly kind: "header"; readonly name: string; readonly value: string }
  | ClientCredentials;

/** A login by OAuth 2 client credentials (RFC 6749, section 4.4). */
export interface ClientCredentials {
  readonly kind: "client-credentials";
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Null: none is asked for. */
  readonly scope: string | null;
}
