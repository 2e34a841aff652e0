import { readFileSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { CLIENT, type StandIn } from "./stand-in.js";

/** A plain client of a stand-in, which trusts its authority. */
export interface Client {
  readonly token: string;
  readonly api: (method: string, path: string, options?: Sent) => Promise<Said>;
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
}

export interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The parsed body; an empty object where there is none. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Sends one request to one of the two hosts. */
export function ask(standIn: StandIn, host: "login" | "api", line: string, sent: Sent = {}): Promise<Said> {
  const [method = "GET", path = "/"] = line.split(" ");
  const isTls = standIn.authorityFile !== "";
  const body = sent.json === undefined ? sent.text : JSON.stringify(sent.json);
  const options = {
    host: "127.0.0.1",
    port: host === "login" ? standIn.loginPort : standIn.apiPort,
    method,
    path,
    headers: { ...sent.headers },
    agent: false as const,
  };
  const trust = isTls
    ? {
        servername: host === "login" ? standIn.loginHost : standIn.apiHost,
        ca: readFileSync(standIn.authorityFile, "utf8"),
      }
    : {};
  return new Promise((resolve, reject) => {
    const asked = (isTls ? tlsRequest : plainRequest)({ ...options, ...trust }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => {
        const headers = Object.fromEntries(
          Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
        );
        const json = text === "" ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
        resolve({ status: response.statusCode ?? 0, headers, text, json });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** Asks for a token as the vendor documents it: Basic, and a form. */
export function askForToken(
  standIn: StandIn,
  { id, secret }: { readonly id: string; readonly secret: string } = CLIENT,
): Promise<Said> {
  const basic = Buffer.from(`${id}:${secret}`).toString("base64");
  return ask(standIn, "login", "POST /oauth/token", {
    headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
    text: "grant_type=client_credentials",
  });
}

/** Logs in and gives a client that carries the token. */
export async function logIn(standIn: StandIn, as = CLIENT): Promise<Client> {
  const { json } = await askForToken(standIn, as);
  const token = String(json.access_token);
  return {
    token,
    api: (method, path, { headers, ...sent } = {}) =>
      ask(standIn, "api", `${method} ${path}`, {
        ...sent,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      }),
  };
}
