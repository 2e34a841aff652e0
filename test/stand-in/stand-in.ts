import { randomUUID } from "node:crypto";
import {
  createServer as createPlainServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Server } from "node:net";
import { fileURLToPath } from "node:url";
import { type Certificate, createAuthority } from "../servers/authority.js";
import { listen } from "../servers/listening.js";
import { CONVERSATION_ROUTES } from "./conversations.js";
import { DIRECTORY_ROUTES } from "./directory.js";
import { type Client, createLogin, type TokenLife } from "./login.js";
import { createOrg, type Org } from "./org.js";
import { createRateLimit, type RateLimit } from "./rate-limit.js";
import { findRoute, type Manners, type Route } from "./route.js";
import { type Answer, type Arrived, type Handled, isObject, NOT_FOUND, refusal } from "./wire.js";

const ROUTES: readonly Route[] = [...CONVERSATION_ROUTES, ...DIRECTORY_ROUTES];
const PRELOADED = fileURLToPath(new URL("loopback-names.cjs", import.meta.url));

/** How the platform behaves just now. Tests may change it at any time. */
interface Behaviour extends TokenLife, RateLimit, Manners {
  staleVersion: 400 | 409;
  /** Every token is refused, however new it is. */
  refuseAllTokens: boolean;
  /** How far its clock is from ours; shows in `Date`. */
  clockSkewMs: number;
  /** Every answer repeats the headers and the body that it answers, secrets and all, as a careless debug mode does. */
  saysBack: boolean;
  /** Where requests to the login, or to the API, are sent on to with 307 instead of being answered. */
  redirects: { readonly login?: string; readonly api?: string };
}

export interface StandInOptions {
  /** The region's domain; the hosts are `login.` and `api.` before it. */
  readonly domain?: string;
  readonly clients?: readonly Client[];
  /** False: plain HTTP, and both hosts on the port of the API, as behind the vendor SDK's gateway setting. */
  readonly tls?: boolean;
}

/** A stand-in of the platform, written from what the vendor documents and with nothing of gcidem's. */
export interface StandIn {
  readonly org: Org;
  readonly behaviour: Behaviour;
  /** What arrived and was answered so far, in order. */
  readonly handled: readonly Handled[];
  readonly loginHost: string;
  readonly apiHost: string;
  /** Where the hosts listen on 127.0.0.1. */
  readonly loginPort: number;
  readonly apiPort: number;
  /** The file of the authority that signed both certificates; empty over plain HTTP. */
  readonly authorityFile: string;
  /** What a child process needs in its environment to find the hosts by their names, and no other host. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends every token that was handed out so far. */
  readonly revokeTokens: () => void;
  /** Every token that was handed out so far. */
  readonly tokens: () => readonly string[];
  readonly close: () => Promise<void>;
}

/** The client that a stand-in knows unless a test names others. */
export const CLIENT: Client = {
  id: "7a0c3d52-5f0e-4a41-8f0d-2f8c1f1b9a10",
  secret: "stand-in-Secret_1",
  permissions: null,
};

function missing({ permissions }: Route): Answer {
  const listed = permissions.join(", ");
  return permissions.length === 1
    ? refusal(
        403,
        "missing.permissions",
        `Unable to perform the requested action. You are missing the following permission(s): ${listed}`,
      )
    : refusal(
        403,
        "missing.any.permissions",
        `Unable to perform the requested action. You must have at least one of the following permissions assigned: ${listed}`,
      );
}

const NOT_A_USER = refusal(
  400,
  "not.a.user",
  "This request requires a user context. Client credentials cannot be used for requests that require a user context.",
);

function mayCall(route: Route, { permissions }: Client): boolean {
  if (route.permissions.length === 0 || permissions === null) return true;
  return route.permissions.some((each) => permissions.includes(each));
}

/** The vendor's own headers, as a published trace of a GET has them. */
function platformHeaders(
  correlationId: string,
  { clockSkewMs }: Behaviour,
): Readonly<Record<string, string>> {
  return {
    "ININ-Correlation-Id": correlationId,
    Date: new Date(Date.now() + clockSkewMs).toUTCString(),
    "Strict-Transport-Security": "max-age=600; includeSubDomains",
    "Cache-Control": "no-cache, no-store, must-revalidate",
    Pragma: "no-cache",
    Expires: "0",
    Via: "1.1 stand-in.cloudfront.net (CloudFront)",
    "X-Cache": "Miss from cloudfront",
  };
}

async function arrivedOf(host: Arrived["host"], message: IncomingMessage): Promise<Arrived> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const url = new URL(message.url ?? "/", "http://stand-in");
  return {
    host,
    method: message.method ?? "",
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
    ),
    body: Buffer.concat(chunks).toString("utf8"),
  };
}

/** Every error body of the API names its request. */
function withContext(json: unknown, contextId: string): unknown {
  return isObject(json) && "code" in json && "message" in json ? { ...json, contextId } : json;
}

/** The answer of a careless debug mode. */
function saidBack(json: unknown, { headers, body }: Arrived): unknown {
  const { error_description: text } = isObject(json) ? json : {};
  const more = text === undefined ? {} : { error_description: `${text}: ${headers.authorization} ${body}` };
  return isObject(json) ? { ...json, ...more, debug: { headers, body } } : json;
}

function send(response: ServerResponse, answer: Answer, extra: Readonly<Record<string, string>>): void {
  const text = answer.json === undefined ? "" : JSON.stringify(answer.json);
  const type = answer.json === undefined ? {} : { "Content-Type": "application/json" };
  response.writeHead(answer.status, { ...extra, ...type, ...answer.headers }).end(text);
}

interface Platform {
  readonly org: Org;
  readonly behaviour: Behaviour;
  readonly handled: Handled[];
  readonly login: ReturnType<typeof createLogin>;
  readonly count: ReturnType<typeof createRateLimit>;
}

function answerApi(platform: Platform, arrived: Arrived): Answer {
  const judged = platform.login.judge(arrived);
  if ("status" in judged) return judged;
  if (platform.behaviour.refuseAllTokens)
    return refusal(401, "bad.credentials", "Invalid login credentials.");
  const { headers, refused } = platform.count(judged.token);
  const answer = refused ?? operate(platform, arrived, judged.client);
  return { ...answer, headers: { ...headers, ...answer.headers } };
}

function operate({ org, behaviour }: Platform, arrived: Arrived, client: Client): Answer {
  const found = findRoute(ROUTES, arrived);
  if (found === null) return NOT_FOUND;
  if (!mayCall(found.route, client)) return missing(found.route);
  if (found.route.needsUser === true) return NOT_A_USER;
  return found.route.answer({ ...arrived, values: found.values, org, client, manners: behaviour });
}

function answerTo(platform: Platform, arrived: Arrived): Answer {
  const location = platform.behaviour.redirects[arrived.host];
  if (location !== undefined) return { status: 307, headers: { Location: location } };
  return arrived.host === "login" ? platform.login.answer(arrived) : answerApi(platform, arrived);
}

function handler(platform: Platform, hostOf: (path: string) => Arrived["host"]): RequestListener {
  return (message, response) => {
    const path = message.url ?? "/";
    void arrivedOf(hostOf(path), message).then(
      (arrived) => {
        const correlationId = randomUUID();
        const answer = answerTo(platform, arrived);
        platform.handled.push({ ...arrived, status: answer.status, correlationId });
        const told = withContext(answer.json, correlationId);
        const json = platform.behaviour.saysBack ? saidBack(told, arrived) : told;
        send(
          response,
          json === undefined ? answer : { ...answer, json },
          platformHeaders(correlationId, platform.behaviour),
        );
      },
      () => response.destroy(),
    );
  };
}

function serverOf(certificate: Certificate | null, listener: RequestListener): Server {
  return certificate === null ? createPlainServer(listener) : createTlsServer(certificate, listener);
}

/** Starts the login and the API of an organisation on two ports of 127.0.0.1. */
export async function startStandIn(options: StandInOptions = {}): Promise<StandIn> {
  const { domain = "usw2.pure.cloud", clients = [CLIENT], tls = true } = options;
  const behaviour: Behaviour = {
    lifeSeconds: 86_400,
    uses: Number.POSITIVE_INFINITY,
    allowed: 300,
    windowSeconds: 60,
    staleVersion: 409,
    refuseAllTokens: false,
    clockSkewMs: 0,
    saysBack: false,
    redirects: {},
  };
  const login = createLogin(clients, behaviour);
  const platform: Platform = {
    org: createOrg(),
    behaviour,
    handled: [],
    login,
    count: createRateLimit(behaviour),
  };
  const [loginHost, apiHost] = [`login.${domain}`, `api.${domain}`];
  const authority = tls ? createAuthority() : null;
  const certificate = (name: string): Certificate | null => authority?.issue({ names: [name] }) ?? null;
  const atGateway = (path: string): Arrived["host"] => (path.startsWith("/oauth/") ? "login" : "api");
  const loginServer = await listen(
    serverOf(
      certificate(loginHost),
      handler(platform, () => "login"),
    ),
  );
  const apiServer = await listen(
    serverOf(certificate(apiHost), handler(platform, tls ? () => "api" : atGateway)),
  );
  return {
    org: platform.org,
    behaviour,
    handled: platform.handled,
    loginHost,
    apiHost,
    loginPort: loginServer.port,
    apiPort: apiServer.port,
    authorityFile: authority?.file ?? "",
    env: {
      NODE_OPTIONS: `--require ${PRELOADED}`,
      STAND_IN_NAMES: `${loginHost}=${loginServer.port},${apiHost}=${apiServer.port}`,
    },
    revokeTokens: login.revokeAll,
    tokens: login.tokens,
    close: async () => {
      await Promise.all([loginServer.close(), apiServer.close()]);
      authority?.close();
    },
  };
}
