import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An API on which orders are made and removed. */
export interface OrdersServer {
  readonly url: string;
  /** `METHOD /path` of what arrived, in order. */
  readonly seen: string[];
  /** Ids of the orders that are there. */
  readonly orders: Set<string>;
  /** Answers instead of the API; true where it did, or never will. */
  spoil: (line: string, response: ServerResponse) => boolean;
  readonly close: () => Promise<void>;
}

function answerPost(orders: Set<string>, response: ServerResponse): void {
  const id = String(orders.size + 1);
  orders.add(id);
  response.writeHead(201, { location: `/orders/${id}` }).end(JSON.stringify({ id }));
}

function answer(request: IncomingMessage, response: ServerResponse, orders: Set<string>): void {
  if (request.method === "POST") {
    answerPost(orders, response);
    return;
  }
  const id = request.url?.split("/").at(-1) ?? "";
  if (request.method === "DELETE") response.statusCode = orders.delete(id) ? 204 : 404;
  response.end(request.method === "DELETE" ? undefined : "{}");
}

/** Starts it on loopback. */
export async function startOrders(): Promise<OrdersServer> {
  const seen: string[] = [];
  const orders = new Set<string>();
  const server: Server = createServer((request, response) => {
    request.resume().on("end", () => {
      const line = `${request.method} ${request.url}`;
      seen.push(line);
      if (!api.spoil(line, response)) answer(request, response, orders);
    });
  });
  const api: OrdersServer = {
    url: "",
    seen,
    orders,
    spoil: () => false,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(api, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}
