import { readFileSync } from 'node:fs';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { openLog } from '../../src/edges/service/log.ts';
import { startService } from '../../src/edges/service/node.ts';
import { KeyRequest } from '../../src/edges/service/shapes.ts';
import { createKey } from '../../src/edges/service/store/keys.ts';

/** Two servers in a process of their own: the service, and a Hono route that sends the same bytes. */
const [store = '', modelText = ''] = process.argv.slice(2);
const service = await startService({
  ...{ host: '127.0.0.1', port: 0, store, roots: [], workers: 1, llm: null, runner: null },
  cache: null,
  ...{ version: 'bench', log: openLog('warn') },
});
const request = KeyRequest.parse({ name: 'bench', perMinute: 1_000_000, perDay: 1_000_000_000 });
const { key } = await service.storage.with((db) => createKey(db, request));
const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
const planned = await fetch(`${service.url}/v1/plans`, {
  method: 'POST',
  headers: { ...headers, prefer: 'wait=60' },
  body: `{"model":${readFileSync(modelText, 'utf8')}}`,
});
const bytes = new Uint8Array(await planned.arrayBuffer());
const bare = new Hono().get(
  '/plan',
  () => new Response(bytes, { headers: { 'content-type': 'application/json' } }),
);
const server = createAdaptorServer({ fetch: bare.fetch });
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = address && typeof address === 'object' ? address.port : 0;
  const path = planned.headers.get('location') ?? '';
  process.send?.({ ours: `${service.url}${path}`, theirs: `http://127.0.0.1:${port}/plan`, key });
});
process.on('message', () => process.send?.(process.cpuUsage()));
process.once('SIGTERM', () => {
  server.close();
  void service.close().then(() => process.exit(0));
});
