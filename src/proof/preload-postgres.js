// Part of the preload: reads which database a PostgreSQL session asks for, before it is asked.

/** Protocol 3.x, and the request for TLS that may come before the start-up message. */
const PROTOCOL = 3;
const TLS_REQUEST = 80877103;

/**
 * Watches what a socket writes first. A start-up message for a database that `isAllowed` doesn't know is
 * not sent; `refuse` is called with the database's name instead.
 */
export function watchStartup(socket, isAllowed, refuse) {
  const write = socket.write;
  socket.write = function watched(chunk, ...rest) {
    const first = startup(chunk);
    if (first?.kind !== 'tls') socket.write = write;
    if (first?.kind !== 'startup' || isAllowed(first.database)) {
      return write.call(this, chunk, ...rest);
    }
    refuse(first.database);
    return false;
  };
}

function startup(chunk) {
  if (!(chunk instanceof Uint8Array) || chunk.length < 8) return null;
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  if (bytes.readInt32BE(0) === 8 && bytes.readInt32BE(4) === TLS_REQUEST) return { kind: 'tls' };
  if (bytes.readInt32BE(0) > bytes.length || bytes.readInt16BE(4) !== PROTOCOL) return null;
  const words = bytes.toString('utf8', 8).split('\0');
  const at = (name) => words.findIndex((word, index) => index % 2 === 0 && word === name);
  if (at('user') < 0) return null;
  const named = at('database');
  return { kind: 'startup', database: words[(named < 0 ? at('user') : named) + 1] };
}
