import * as z from "zod/mini";
import { described, expecting, optionalField as field, matching, named } from "../document/shapes.js";

const text = z.string().check(z.minLength(1));
const filePath = expecting("a path; a relative one starts at the config file's folder", text);

const httpUrl = expecting(
  "an http(s) URL without credentials, query and fragment",
  z.string().check(
    matching(/^https?:\/\/(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?(?:\/[^?#\s\\]*)?$/i),
    z.refine((url) => URL.canParse(url)),
  ),
);

const headerName = expecting("a header name", z.string().check(matching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/)));

/** Where a secret comes from. The secret itself never stands in a config file. */
const secretFrom = expecting(
  "secretFrom: { env: NAME }, { file: path } or { command: [program, argument] }",
  z.strictObject({
    secretFrom: described(
      "Where the secret is: an environment variable, a file that only you can read, or a command that prints it.",
      z.union([
        z.strictObject({
          env: described(
            "The environment variable's name.",
            expecting("the name of an environment variable", z.string().check(matching(/^[A-Za-z_]\w*$/))),
          ),
        }),
        z.strictObject({
          file: described(
            "A file that holds the secret and nothing else, in one line. Others must not be able to read it.",
            filePath,
          ),
        }),
        z.strictObject({
          command: described(
            "A program and its arguments, run without a shell. It prints the secret in one line, within 10 s. Only in your own config or a file named by --config.",
            z.array(z.string()).check(z.minLength(1)),
          ),
        }),
      ]),
    ),
  }),
);

const textOrSecret = expecting("text, or secretFrom", z.union([text, secretFrom]));

const credentials = z.union([
  z.strictObject({ bearer: described("A token, sent as `Authorization: Bearer`.", secretFrom) }),
  z.strictObject({
    basic: described(
      "User name and password, sent as `Authorization: Basic`.",
      z.strictObject({
        username: described("The user's name.", textOrSecret),
        password: described("The password.", secretFrom),
      }),
    ),
  }),
  z.strictObject({
    header: described(
      "A header of the API's own.",
      z.strictObject({
        name: described("Its name, such as X-Api-Key.", headerName),
        value: described("Its value.", secretFrom),
      }),
    ),
  }),
  z.strictObject({
    client: described(
      "A login by OAuth 2 client credentials (RFC 6749, section 4.4).",
      z.strictObject({
        clientId: described("The client's id.", textOrSecret),
        clientSecret: described("The client's secret.", secretFrom),
        tokenUrl: field("Where tokens are given. Needed for kind http; kind genesys knows its own.", httpUrl),
        scope: field("What is asked for, where the server wants that said.", text),
      }),
    ),
  }),
]);

const proxy = expecting(
  "the proxy's URL, or a map with url, username and password",
  z.union([
    httpUrl,
    z.strictObject({
      url: described("The proxy's URL, without credentials.", httpUrl),
      username: field("The user's name at the proxy.", textOrSecret),
      password: field("The password at the proxy.", secretFrom),
    }),
  ]),
);

const names = z.strictObject({
  idempotencyKey: field(
    "The header that carries the key. Default: Idempotency-Key, sent bare.",
    expecting(
      "a header name, or a map with header and syntax",
      z.union([
        headerName,
        z.strictObject({
          header: field("Its name. Default: Idempotency-Key.", headerName),
          syntax: field(
            "How a key is written: bare, or quoted as the IETF draft has it.",
            z.enum(["bare", "quoted"]),
          ),
        }),
      ]),
    ),
  ),
  correlationId: field(
    "Response headers that name a request to the server's support; the first that is there counts.",
    expecting(
      "a header name or a list of them",
      z.union([headerName, z.array(headerName).check(z.minLength(1))]),
    ),
  ),
  sentCorrelationId: field(
    "A request header in which gcidem sends an ID of its own. Default: none is sent.",
    headerName,
  ),
  validator: field("The response header that carries the validator. Default: ETag.", headerName),
});

const subjectRule = named(
  "subjectRule",
  z.strictObject({
    path: described(
      "A path of the API behind the base URL, with a name in braces for each changing segment: /v1/orders/{id}/lines.",
      expecting("a path that starts with /", z.string().check(matching(/^\/[^?#]*$/))),
    ),
    resource: described(
      "The thing that the path is about, in the path's names: order:{id}. Paths with the same thing are about the same state.",
      text,
    ),
    version: field(
      "Where bodies hold the version, as a JSON Pointer (RFC 6901): /meta/rev. Default: /version.",
      expecting("a JSON Pointer such as /meta/rev", z.string().check(matching(/^(?:\/(?:[^~/]|~[01])*)+$/))),
    ),
  }),
);

const redaction = z.strictObject({
  headers: field("Headers whose values are hidden.", z.array(headerName)),
  members: field("Members of JSON and form bodies whose values are hidden.", z.array(text)),
});

const profile = named(
  "profile",
  z.strictObject({
    description: field("What this is, for whoever reads the file.", text),
    extends: field(
      "Another profile of this file: what does not stand here is taken from it. headers and names are merged by name, redaction adds up.",
      text,
    ),
    kind: field(
      "genesys: a Genesys Cloud org. http: any other HTTP API. May come from the profile that this one extends.",
      z.enum(["genesys", "http"]),
    ),
    region: field(
      "Kind genesys: the region by its AWS name or its domain, such as eu-central-1 or mypurecloud.de.",
      text,
    ),
    gc: field(
      "Kind genesys: a profile of the gc command line tool, from which everything is taken that does not stand here.",
      text,
    ),
    gateway: field(
      "Kind genesys: hosts of your own in front of the org, or a region that gcidem does not know yet.",
      z.strictObject({
        api: described("Base URL of the API.", httpUrl),
        login: field("Base URL of the login; tokens are asked for at /oauth/token below it.", httpUrl),
      }),
    ),
    baseUrl: field("Kind http: where the API is. Steps' paths are below it.", httpUrl),
    headers: field(
      "Headers of every request, under the scenario's own. No credentials: those stand in credentials.",
      z.record(headerName, text),
    ),
    credentials: field("One of bearer, basic, header and client.", credentials),
    allowedHosts: field(
      "Hosts besides the target that a scenario may name. Credentials never go there. Not heeded in a project's file.",
      z.array(
        expecting(
          "a host such as files.example.com, or an http(s) origin",
          z.string().check(matching(/^(?:https?:\/\/)?(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?\/?$/i)),
        ),
      ),
    ),
    maxRequests: field(
      "Stop after so many requests (exit 4), as --max-requests does.",
      z.int().check(z.minimum(1)),
    ),
    maxRate: field(
      "At most so many requests a minute. Default for kind genesys: what the platform documents.",
      z.number().check(z.minimum(1)),
    ),
    proxy: field("The proxy to this target, over what the environment says.", proxy),
    ca: field("PEM file of authorities that are trusted besides the system's.", filePath),
    clientCertificate: field(
      "The certificate that shows the server who is calling.",
      z.strictObject({
        cert: described("PEM file of the certificate.", filePath),
        key: described(
          "PEM file of its key, without a password. Others must not be able to read it.",
          filePath,
        ),
      }),
    ),
    names: field("What this API calls the headers that matter here.", names),
    subject: field("How this API names its things.", z.array(subjectRule)),
    redaction: field("What is hidden besides the secrets that gcidem knows by itself.", redaction),
  }),
);

/** Names of profiles: what `--target` can say without being taken for something else. */
const PROFILE_NAME: RegExp = /^(?!mock$)[\w][\w.-]*$/;

/** A config file: what it is checked with and what the shipped JSON Schema says come from here. */
export const configSchema: z.ZodMiniType = z.strictObject({
  profiles: field(
    "Targets by name: --target NAME.",
    z.record(
      expecting(
        "a name of letters, digits, -, _ and . that is not mock",
        z.string().check(matching(PROFILE_NAME)),
      ) as z.ZodMiniType<string>,
      profile,
    ),
  ),
  subject: field(
    "How APIs name their things, whatever the target; also for recordings. Paths are whole ones.",
    z.array(subjectRule),
  ),
  redaction: field("What is hidden whatever the target; also in recordings.", redaction),
  allowedEnv: field(
    "Environment variables that $(env.NAME) of a scenario may read. Heeded in your own config alone.",
    z.array(expecting("the name of an environment variable", z.string().check(matching(/^[A-Za-z_]\w*$/)))),
  ),
});
