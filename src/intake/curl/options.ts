import type { Word } from "./words.js";

/** One option of a command, by its long name. */
export interface CurlOption {
  readonly name: string;
  /** Null: it takes none, or none is there. */
  readonly value: string | null;
  readonly line: number;
}

/** Short names of options (curl's manual, 8.x). */
const SHORT: Readonly<Record<string, string>> = {
  ...{ A: "user-agent", b: "cookie", c: "cookie-jar", C: "continue-at", d: "data", D: "dump-header" },
  ...{ e: "referer", E: "cert", F: "form", h: "help", H: "header", K: "config", m: "max-time", o: "output" },
  ...{ P: "ftp-port", Q: "quote", r: "range", t: "telnet-option", T: "upload-file", u: "user" },
  ...{ U: "proxy-user", w: "write-out", x: "proxy", X: "request", y: "speed-time", Y: "speed-limit" },
  ...{ z: "time-cond", "0": "http1.0", "1": "tlsv1", "2": "sslv2", "3": "sslv3", "4": "ipv4", "6": "ipv6" },
  ...{ "#": "progress-bar", ":": "next", a: "append", B: "use-ascii", f: "fail", g: "globoff", G: "get" },
  ...{ i: "include", I: "head", j: "junk-session-cookies", J: "remote-header-name", k: "insecure" },
  ...{ l: "list-only", L: "location", M: "manual", n: "netrc", N: "no-buffer", O: "remote-name" },
  ...{ p: "proxytunnel", q: "disable", R: "remote-time", s: "silent", S: "show-error", v: "verbose" },
  ...{ V: "version", Z: "parallel" },
};

/** Options that take a value. Those of other protocols than HTTP are here so that their values are no URLs. */
const WITH_VALUE: ReadonlySet<string> = new Set(
  `abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to
  continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode
  delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine etag-compare
  etag-save expect100-timeout form form-string ftp-port happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5
  hsts interface ip-tos ipfs-gateway json keepalive-cnt keepalive-time key key-type krb libcurl limit-rate local-port
  login-options mail-auth mail-from mail-rcpt max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output
  output-dir parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir proxy proxy-cacert proxy-cert
  proxy-header proxy-key proxy-pass proxy-user proxy1.0 pubkey quote random-file range rate referer request
  request-target resolve retry retry-delay retry-max-time sasl-authzid service-name socks4 socks4a socks5
  socks5-hostname speed-limit speed-time stderr telnet-option tftp-blksize time-cond tls-max tls13-ciphers trace
  trace-ascii trace-config unix-socket upload-file url url-query user user-agent variable vlan-priority write-out`.split(
    /\s+/,
  ),
);

/** Options that only change what a person sees, or that gcidem does anyway. */
export const SILENT: ReadonlySet<string> = new Set(
  `silent show-error verbose include progress-bar no-progress-meter fail fail-with-body fail-early compressed output
  remote-name remote-name-all remote-header-name output-dir create-dirs write-out dump-header no-buffer stderr trace
  trace-ascii trace-time trace-ids trace-config globoff path-as-is tcp-nodelay keepalive-time keepalive-cnt no-keepalive
  styled-output disable remote-time xattr basic ipv4 ipv6`.split(/\s+/),
);

/** Dashes that word processors make of two hyphens or one. */
const LONG_DASH = /^(?:--|[\u2013\u2014]{1,2}(?=[a-z]{2}))([a-z0-9][\w.-]*)(?:=(.*))?$/is;
const SHORT_DASH = /^[-\u2013\u2014](?=[^-\u2013\u2014])([\s\S]+)$/;

/** Options of a command, its URLs among them as `url`. `--next` is kept. Pure. */
export function curlOptions(words: readonly Word[]): readonly CurlOption[] {
  const options: CurlOption[] = [];
  let onlyUrls = false;
  for (let at = 0; at < words.length; at++) {
    const { text, line } = words[at] ?? { text: "", line: 1 };
    const [, long, joined] = onlyUrls ? [] : (LONG_DASH.exec(text) ?? []);
    const [, letters] = onlyUrls || long !== undefined ? [] : (SHORT_DASH.exec(text) ?? []);
    const next = (): string | null => {
      at += 1;
      return words[at]?.text ?? null;
    };
    if (text === "--") onlyUrls = true;
    else if (long !== undefined) {
      const name = long.toLowerCase();
      options.push({ name, value: joined ?? (WITH_VALUE.has(name) ? next() : null), line });
    } else if (letters === undefined) options.push({ name: "url", value: text, line });
    else {
      for (let index = 0; index < letters.length; index++) {
        const letter = letters[index] ?? "";
        const name = SHORT[letter] ?? letter;
        const takes = WITH_VALUE.has(name);
        const rest = letters.slice(index + 1);
        options.push({ name, value: takes ? (rest === "" ? next() : rest) : null, line });
        if (takes) break;
      }
    }
  }
  return options;
}
