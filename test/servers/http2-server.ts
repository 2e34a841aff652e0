import { createSecureServer } from "node:http2";
import { createAuthority } from "./authority.js";
import { listen } from "./listening.js";

/** An HTTPS server that speaks HTTP/2 to whoever offers it and HTTP/1.1 to others. */
export interface Http2Server {
  readonly url: string;
  readonly authorityFile: string;
  /** `2.0 GET /path`, in order. */
  readonly seen: readonly string[];
  readonly close: () => Promise<void>;
}

/** Starts one on 127.0.0.1 that says which version it was asked in: `{"version":"2.0"}`. */
export async function startHttp2Server({ allowHttp1 = true } = {}): Promise<Http2Server> {
  const authority = createAuthority();
  const seen: string[] = [];
  const certificate = authority.issue({ names: ["localhost", "127.0.0.1"] });
  const server = createSecureServer({ ...certificate, allowHTTP1: allowHttp1 }, (request, response) => {
    // Only a server that waits for whole requests can be raced.
    request.resume().on("end", () => {
      seen.push(`${request.httpVersion} ${request.method} ${request.url}`);
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ version: request.httpVersion }));
    });
  });
  const { port, close } = await listen(server);
  return {
    url: `https://127.0.0.1:${port}`,
    authorityFile: authority.file,
    seen,
    close: async () => {
      await close();
      authority.close();
    },
  };
}
