import { createServer as createPlain, type RequestListener } from "node:http";
import { createServer } from "node:https";
import type { Clock } from "../../src/core/clock.js";
import type { ClientCredentials } from "../../src/core/credentials.js";
import type { LoginExchange, LoginOptions, LoginWatch } from "../../src/transport/oauth/oauth.js";
import { listening, transport } from "./raw-server.js";
import { fixture } from "./tls-fixture.js";

/** What a login host says to one request. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What arrived at a login host. */
interface ArrivedLogin {
  readonly path: string;
  readonly authorization: string;
  readonly contentType: string;
  readonly form: Readonly<Record<string, string>>;
}

/** A login host that runs until the test ends. */
export interface LoginServer {
  readonly tokenUrl: string;
  readonly arrived: readonly ArrivedLogin[];
}

/** A token as RFC 6749, 5.1 has it. */
export function granted(token: string, expiresIn: unknown = 86_400): Answer {
  return {
    status: 200,
    body: JSON.stringify({ access_token: token, token_type: "bearer", expires_in: expiresIn }),
  };
}

/** An error in the platform's shape: the description twice. */
export function refusal(status: number, error: string, description: string): Answer {
  const body = JSON.stringify({ error, description, error_description: description });
  return { status, body };
}

/** Starts a login host; `answer` is called with how many logins came before. */
export async function loginServer(
  answer: (nth: number) => Answer | Promise<Answer>,
  { tls = true }: { readonly tls?: boolean } = {},
): Promise<LoginServer> {
  const arrived: ArrivedLogin[] = [];
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
    const { authorization = "", "content-type": contentType = "" } = request.headers;
    const nth = arrived.push({ path: request.url ?? "", authorization, contentType, form }) - 1;
    const { status, body, headers } = await answer(nth);
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  };
  const server = tls
    ? createServer({ key: fixture("server.key"), cert: fixture("server.pem") }, listener)
    : createPlain(listener);
  const port = await listening(server);
  return { tokenUrl: `${tls ? "https" : "http"}://localhost:${port}/oauth/token`, arrived };
}

/** A client of a login host. */
export function client(tokenUrl: string, more: Partial<ClientCredentials> = {}): ClientCredentials {
  return {
    kind: "client-credentials",
    tokenUrl,
    clientId: "client-1",
    clientSecret: "s3cret-of-client-1",
    scope: null,
    ...more,
  };
}

/** How to log in there, trusting the tests' own authority. */
export function loginBy(
  credentials: ClientCredentials,
  clock: Clock,
  more: Partial<LoginOptions> = {},
): LoginOptions {
  return {
    credentials,
    kind: "genesys",
    transport: transport({ clock, ca: fixture("authority.pem") }),
    clock,
    userAgent: "gcidem/test",
    ...more,
  };
}

/** Keeps what a watch hears. */
export interface Heard extends LoginWatch {
  readonly logins: readonly LoginExchange[];
  readonly warnings: readonly string[];
}

/** Makes a watch. */
export function watch(signal?: AbortSignal): Heard {
  const logins: LoginExchange[] = [];
  const warnings: string[] = [];
  return {
    logins,
    warnings,
    onLogin: (login) => void logins.push(login),
    onWarning: (message) => void warnings.push(message),
    ...(signal === undefined ? {} : { signal }),
  };
}
