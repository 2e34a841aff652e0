import { createServer } from "node:https";
import { type Authority, type Certificate, createAuthority } from "./authority.js";
import { listen } from "./listening.js";

/** What may be wrong with a server's certificate. */
export type Fault = "none" | "wrong-host" | "expired" | "self-signed";

/** An HTTPS server that says `{"ok":true}` to whoever trusts its certificate. */
export interface TlsEndpoint {
  readonly port: number;
  /** Requests that came through the handshake. */
  readonly seen: readonly string[];
  /** The file of the authority that signed it, or would have. */
  readonly authorityFile: string;
  readonly close: () => Promise<void>;
}

function certificateOf(authority: Authority, fault: Fault, names: readonly string[]): Certificate {
  if (fault === "wrong-host") return authority.issue({ names: ["another.example"] });
  if (fault === "expired") return authority.issue({ names, fromDay: -20, toDay: -1 });
  return fault === "self-signed" ? authority.selfSigned({ names }) : authority.issue({ names });
}

/** Starts one on 127.0.0.1 whose certificate is for `localhost`, that address and `names`, with one thing wrong. */
export async function startTlsEndpoint(fault: Fault, names: readonly string[] = []): Promise<TlsEndpoint> {
  const authority = createAuthority();
  const certificate = certificateOf(authority, fault, ["localhost", "127.0.0.1", ...names]);
  const seen: string[] = [];
  const server = createServer(certificate, (request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
  });
  const { port, close } = await listen(server);
  return {
    port,
    seen,
    authorityFile: authority.file,
    close: async () => {
      await close();
      authority.close();
    },
  };
}
