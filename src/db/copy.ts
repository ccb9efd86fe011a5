import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { Copier } from './db.ts';
import { openClient, settings } from './pg.ts';

/** Opens a session for bulk rows; a COPY owns its connection, so nothing is pipelined here. */
export async function openCopier(url: string): Promise<Copier> {
  const { client, session } = await openClient(url, { ...settings(url), pipeline: false });
  return {
    ...session,
    async copyIn(statement, chunks) {
      const sink = client.query(copyFrom(statement));
      await pipeline(Readable.from(chunks, { objectMode: false, highWaterMark: 1 << 20 }), sink);
      return sink.rowCount;
    },
  };
}
