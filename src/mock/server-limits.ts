/** What a server takes from its clients before it says no. */
export interface ServerLimits {
  /** Of a larger body nothing is kept: 413. */
  readonly bodyBytes: number;
  /** Bodies up to this size are always read, whatever others are being read. */
  readonly smallBodyBytes: number;
  /** What all larger bodies that are being read may hold together; beyond it a body is refused like a large one. */
  readonly allBodiesBytes: number;
  /** Request line and header fields together: 431 beyond it. */
  readonly headerBytes: number;
  /** How much of a refused body is still read and thrown away, so that its client gets to see the answer. */
  readonly drainBytes: number;
  /** For how long. */
  readonly drainMs: number;
  /** For how long a client can read an answer after which its connection closes. */
  readonly lingerMs: number;
  /** Requests that may wait for the one before them on an HTTP/1.1 connection; further ones are left unread. */
  readonly pipelined: number;
  /** Open connections. One more closes the one that has waited longest for its client. */
  readonly connections: number;
  /** For a TLS handshake. */
  readonly handshakeMs: number;
  /** From a connection's opening, or the first byte of a later request, to the end of its header fields: 408. */
  readonly headersMs: number;
  /** The same to the end of its body: 408. */
  readonly requestMs: number;
  /** For a connection on which nothing is under way. */
  readonly idleMs: number;
  /** Requests that may be under way on one HTTP/2 connection. */
  readonly streams: number;
  /** What one HTTP/2 connection may hold, in MB, answers on their way included; beyond it further requests are refused. */
  readonly sessionMegabytes: number;
  /** What the fields of one HTTP/2 request may come to before its stream is reset; 431 up to there. */
  readonly streamHeaderBytes: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** What holds unless a test says otherwise. */
export const SERVER_LIMITS: ServerLimits = {
  bodyBytes: 10 * MIB,
  // With every connection allowed this much, small bodies cannot take more than 125 MiB.
  smallBodyBytes: 64 * KIB,
  allBodiesBytes: 256 * MIB,
  // Node's own default: a bearer token, cookies and every header of policy.md fit many times.
  headerBytes: 16 * KIB,
  // A client that takes no early answer sends all of its 100 MB first; closed earlier, it would see a reset and no 413.
  drainBytes: 128 * MIB,
  drainMs: 10_000,
  lingerMs: 2_000,
  pipelined: 100,
  // An idle one holds 10 KiB, with TLS 51 KiB (Node 20, 2026-11-22). More at a time than any race has.
  connections: 2_000,
  handshakeMs: 30_000,
  // A race holds the last byte of its requests back for seconds. Node's own values for both.
  headersMs: 60_000,
  requestMs: 300_000,
  // Longer than any pause of a test: a server that hangs up on idle clients would make conflicts of its own.
  idleMs: 65_000,
  // A race of a thousand writers fits on one connection.
  streams: 1_000,
  // With Node's own 10 MB the second of two large resources that are read at a time was refused (Node 20, 2026-11-22).
  sessionMegabytes: 256,
  // So that a request with 10,000 fields is still told what was wrong with it.
  streamHeaderBytes: 512 * KIB,
};
