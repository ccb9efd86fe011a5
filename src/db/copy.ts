import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Copier, Row } from './db.ts';
import { assertUrl, unreachable } from './pg.ts';

/** Opens a session for bulk rows; a COPY owns its connection, so nothing is pipelined here. */
export async function openCopier(url: string): Promise<Copier> {
  assertUrl(url);
  const client = new pg.Client({
    connectionString: url,
    application_name: `statewright/${process.pid}`,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  let alive = true;
  client.on('error', () => undefined);
  client.on('end', () => {
    alive = false;
  });
  try {
    await client.connect();
  } catch (cause) {
    throw unreachable(url, cause);
  }
  let ended: Promise<void> | undefined;
  const end = () => (ended ??= client.end());
  return {
    async query(text, params) {
      const result = await client.query<Record<string, unknown>>(text, params ? [...params] : []);
      return result.rows satisfies readonly Row[];
    },
    async copyIn(statement, chunks) {
      const sink = client.query(copyFrom(statement));
      await pipeline(Readable.from(chunks, { objectMode: false, highWaterMark: 1 << 20 }), sink);
      return sink.rowCount;
    },
    alive: () => alive,
    end,
    [Symbol.asyncDispose]: end,
  };
}
