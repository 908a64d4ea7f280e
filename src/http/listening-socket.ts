import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Address, formatAddress, urlOfAddress } from '../base/address.ts';
import { problem } from '../base/problem.ts';

/** A sender gets this long for one whole request. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Room for 30 labels of the longest name and value, percent-encoded, in the query of a push. */
export const MAX_HEADER_BYTES = 320 * 1024;
/** Idle connections live longer than the 15 s between two uploads of a client, so that each keeps its own. */
const KEEP_ALIVE_MS = 75_000;
/** Answers under way at the stop get this long. */
const CLOSE_TIMEOUT_MS = 10_000;

/** The listening socket, from the start of the process to its end. */
export interface ListeningSocket {
  /** `http://host:port` for people: the address bound, or the loopback one when that is all of them. */
  readonly url: string;
  /** Lets requests through; before, and after `close` began, they are answered 503. */
  open(listener: RequestListener): void;
  /** Takes no new connection or request and resolves when the answers under way are out. */
  close(): Promise<void>;
}

/**
 * Listens at once, so that `/ready` can say 503 while the store opens and that a used port is found before the store
 * is touched. Throws portInUse, cannotListen.
 */
export async function openListeningSocket(address: Address): Promise<ListeningSocket> {
  let listener = refuse('starting');
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS, maxHeaderSize: MAX_HEADER_BYTES },
    (request, response) => listener(request, response),
  );
  server.on('clientError', answerBroken);
  const closeUnused = watchUnused(server);
  await listen(server, address);
  return {
    url: urlOfAddress({ host: address.host, port: portOf(server) }),
    open: (next) => {
      listener = next;
    },
    async close() {
      listener = refuse('stopping');
      const closed = new Promise((resolve) => server.close(resolve));
      const timer = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
      let done = false;
      void closed.then(() => {
        done = true;
      });
      while (!done) {
        server.closeIdleConnections();
        closeUnused();
        await Promise.race([closed, sleep(20)]);
      }
      clearTimeout(timer);
    },
  };
}

/**
 * For the stop: closes the connections on which nothing was sent yet, such as those that browsers open in advance. Node
 * does not count them among the idle ones.
 */
function watchUnused(server: Server): () => void {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return () => {
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  };
}

function refuse(why: string): RequestListener {
  return (_request, response) => {
    const failure = problem('notReady', { why });
    response.writeHead(failure.status, {
      'Content-Type': 'application/json',
      'Retry-After': '1',
      Connection: 'close',
    });
    response.end(JSON.stringify(failure.toBody()));
  };
}

/** What is no HTTP request never reaches a listener; it is answered like everything else all the same. */
function answerBroken(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const failure =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? problem('headerTooLarge', { limitBytes: MAX_HEADER_BYTES })
      : problem('brokenRequest', { why: error.message });
  const body = JSON.stringify(failure.toBody());
  socket.end(
    `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status] ?? ''}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

function listen(server: Server, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const key = error.code === 'EADDRINUSE' ? 'portInUse' : 'cannotListen';
      const why = LISTEN_FAILURES[error.code ?? ''] ?? error.message;
      reject(problem(key, { address: formatAddress(address), why }, error));
    });
    server.listen(address.port, address.host, resolve);
  });
}

const LISTEN_FAILURES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process uses it',
  EACCES: 'this user may not use that port',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'no such host',
};

/** The port bound, which is another than the one asked for where that was 0. */
function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
