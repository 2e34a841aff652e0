import { REGIONS } from "../src/config/regions.js";
import { configJsonSchema } from "./json-schemas.js";

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

interface Row {
  readonly path: string;
  readonly description: string;
}

function resolved(schema: Schema, root: Schema): Schema {
  const reference = schema.$ref ?? schema.allOf?.find(({ $ref }) => $ref !== undefined)?.$ref;
  return reference === undefined ? schema : (root.definitions?.[reference.split("/").at(-1) ?? ""] ?? schema);
}

/** Members of a map, of a map by names, of a list's items, of each form that a value can have. */
function rowsOf(schema: Schema, path: string, root: Schema): readonly Row[] {
  const { properties = {}, anyOf = [], items, additionalProperties } = resolved(schema, root);
  const own = Object.entries(properties).flatMap(([name, field]): readonly Row[] => {
    const below = path === "" ? name : `${path}.${name}`;
    const row = { path: below, description: field.description ?? "" };
    return [row, ...rowsOf(field, below, root)];
  });
  const byName =
    typeof additionalProperties === "object" ? rowsOf(additionalProperties, `${path}.NAME`, root) : [];
  const inItems = items === undefined ? [] : rowsOf(items, `${path}[]`, root);
  const inForms = anyOf.flatMap((form) => rowsOf(form, path, root));
  const all = [...own, ...byName, ...inItems, ...inForms];
  return all.filter((row, index) => all.findIndex((other) => other.path === row.path) === index);
}

function table(rows: readonly Row[], prefix: string): string {
  const lines = rows.map(({ path, description }) => {
    const name = path.startsWith(prefix) ? path.slice(prefix.length) : path;
    return `| \`${name}\` | ${description.replaceAll("|", "\\|")} |`;
  });
  return ["| field | what it says |", "|---|---|", ...lines].join("\n");
}

/** Every field that a config file can have, with its path. Pure. */
export function configRows(): readonly Row[] {
  const root = configJsonSchema() as Schema;
  // Where secrets come from is told once, in the text.
  return rowsOf(root, "", root).filter(({ path }) => !/(?:^|\.)secretFrom(?:\.|$)/.test(path));
}

const EXAMPLE = `profiles:
  prod:
    kind: genesys
    region: eu-central-1            # or mypurecloud.de
    credentials:
      client:
        clientId: 5b1a9a1e-0c53-4c1e-a2b4-0c4b7a1d9f10
        clientSecret: { secretFrom: { env: PROD_CLIENT_SECRET } }
    maxRate: 120                    # requests a minute
  staging:
    extends: prod
    region: mypurecloud.ie
    credentials:
      client:
        clientId: 0c4b7a1d-9f10-4c1e-a2b4-5b1a9a1e0c53
        clientSecret: { secretFrom: { command: [pass, show, gcidem/staging] } }
  known-to-gc:
    kind: genesys
    gc: prod                        # [prod] of ~/.gc/config.toml
  behind-a-gateway:
    kind: genesys
    gateway: { api: https://gateway.example.com/api, login: https://gateway.example.com/login }
    credentials: { bearer: { secretFrom: { file: ~/.secrets/gateway.token } } }
    ca: company-ca.pem
    clientCertificate: { cert: me.pem, key: me.key }
  shop:
    kind: http
    description: The order service
    baseUrl: https://api.example.com/v1
    headers: { X-Tenant: demo }
    credentials:
      client:
        tokenUrl: https://login.example.com/oauth/token
        clientId: { secretFrom: { env: SHOP_CLIENT_ID } }
        clientSecret: { secretFrom: { env: SHOP_CLIENT_SECRET } }
        scope: orders
    allowedHosts: [files.example.com]
    maxRequests: 500
    proxy:
      url: http://proxy.example.com:3128
      username: me
      password: { secretFrom: { env: PROXY_PASSWORD } }
    names:
      idempotencyKey: { header: Idempotency-Key, syntax: quoted }
      correlationId: [X-Correlation-Id]
      sentCorrelationId: X-Request-Id
      validator: ETag
    subject:
      - { path: "/orders/{id}", resource: "order:{id}", version: /meta/revision }
      - { path: "/orders/{id}/lines/{line}", resource: "order:{id}" }
    redaction: { headers: [X-Customer], members: [iban] }
  old-shop:
    kind: http
    baseUrl: https://old.example.com
    credentials:
      basic: { username: tester, password: { secretFrom: { env: OLD_SHOP_PASSWORD } } }
  keyed:
    kind: http
    baseUrl: https://keyed.example.com
    credentials:
      header: { name: X-Api-Key, value: { secretFrom: { file: keyed.key } } }
subject:
  - { path: "/v2/carts/{id}/items", resource: "cart:{id}" }
redaction: { members: [email] }
allowedEnv: [TEST_TENANT]
`;

/** docs/config.md: what config files can say, from the definition that they are checked with. Pure. */
export function configPage(): string {
  const rows = configRows();
  const inProfiles = rows.filter(({ path }) => path.startsWith("profiles."));
  const atTop = rows.filter(({ path }) => !path.startsWith("profiles."));
  const regions = REGIONS.map(({ name, domain }) => `| ${name} | ${domain} |`).join("\n");
  return `# Config files

<!-- Made by scripts/write-schemas.mjs from the definition that config files are checked with: npm run schemas -->

A config file names targets, so that \`gcidem replay my.yaml --target NAME\` knows address, login, limits and what an API
calls its headers. Nothing here is needed on the mock or for a plain address.

## Where they are

| file | who it speaks for |
|---|---|
| the file of \`--config\` | you named it, so it may do all that your own may, but \`allowedEnv\` |
| \`$XDG_CONFIG_HOME/gcidem/config.yaml\` (else \`~/.config/gcidem/config.yaml\`) | you |
| \`gcidem.config.yaml\` in the working folder or the nearest folder above it that has one; not looked for with \`--config\` | the project, perhaps somebody else's |

A name that two files have is taken from the one that stands further up in this table, and a warning says so.
\`gcidem validate FILE\` checks a file, \`gcidem init\` writes a first one, and \`config.schema.json\`, which it puts beside it,
lets an editor complete it. A mock or a plain address reads these files too, for \`subject\`, \`redaction\` and
\`allowedEnv\` at the top.

## What \`--target\` can be

| target | meaning |
|---|---|
| \`mock\` | the embedded mock |
| \`mock+http://127.0.0.1:PORT\` | a \`gcidem mock\` that is running |
| \`https://api.example.com\` | an address. One of a region's API hosts is an org of the platform: the environment's credentials may go there |
| \`gc:NAME\` | a profile of the vendor's gc tool, \`~/.gc/config.toml\`; its proxy and gateway too. \`gc:DEFAULT\` also works from the environment alone |
| \`NAME\` | a profile of a config file |

## Which source counts

For an org: flag, then environment, then config file, then gc. Region or gateway, credentials, and proxy are each taken
whole from one source. Where the environment outranks a profile that was asked for by name, a warning says so.

| variable | what it says |
|---|---|
| \`GENESYSCLOUD_REGION\` | AWS name or domain |
| \`GENESYSCLOUD_OAUTHCLIENT_ID\`, \`GENESYSCLOUD_OAUTHCLIENT_SECRET\` | the client; both or none |
| \`GENESYSCLOUD_ACCESS_TOKEN\` | a token; outranks the client |
| \`GENESYSCLOUD_GATEWAY_HOST\`, \`_PROTOCOL\`, \`_PORT\`, \`_PATH_NAME\` (login or api), \`_PATH_VALUE\` | hosts in front of the org |
| \`GENESYSCLOUD_PROXY_HOST\`, \`_PROTOCOL\`, \`_PORT\`, \`_AUTH_USERNAME\`, \`_AUTH_PASSWORD\` | the proxy |

The environment says nothing of a profile of kind http, but where \`secretFrom: { env: ... }\` names a variable.

## Secrets

A secret never stands in a config file. \`secretFrom\` says where it is:

- \`{ env: NAME }\`: an environment variable.
- \`{ file: path }\`: a file that holds it in one line and that only you can read (\`chmod 600\`).
- \`{ command: [program, argument] }\`: a program that prints it in one line within 10 s, run without a shell.

A credential goes only to hosts that the same source names, or to the login and API hosts of the regions below. So a file
that was only found in the project's folder

- runs no command,
- names no file outside its folder,
- sends nothing of your environment, of gc or of your own config to a \`baseUrl\`, \`gateway\`, \`tokenUrl\` or \`proxy\` of its own,
- has no \`ca\` heeded where credentials of yours are in play (that is an error),
- and has its \`allowedHosts\` and \`allowedEnv\` passed over, with a warning.

Where you trust the file, name it with \`--config\`; or put the profile into your own.

## An example

\`\`\`yaml config
${EXAMPLE}\`\`\`

## Fields of a profile

${table(inProfiles, "profiles.NAME.")}

## Fields at the top

${table(atTop, "")}

## Regions

| AWS name | domain |
|---|---|
${regions}

\`eu_central_2\` is as good as \`eu-central-2\`. For a region that is not in the table, name its hosts with \`gateway\`.
`;
}
