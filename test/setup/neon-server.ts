import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inject } from 'vitest';
import { withDatabase } from '../../src/db/db.ts';
import { openSession } from '../../src/db/pg.ts';

/**
 * A local server that follows Neon's documented API for the branches of one project; a branch is a
 * database on the server of this test run, cloned from the parent.
 */
export async function neonServer(parent: string) {
  const key = 'napi_test_key';
  const branches = new Map<string, { id: string; name: string; expires_at?: string }>();
  const asked: string[] = [];
  const state = { busy: 0, operations: 0, key };
  const databaseOf = (id: string) => id.replaceAll('-', '_');
  const answer = async (request: IncomingMessage): Promise<[number, unknown]> => {
    if (request.headers.authorization !== `Bearer ${key}`)
      return [401, { message: 'unauthorized' }];
    const [path = '', query = ''] = (request.url ?? '').split('?');
    asked.push(`${request.method} ${path}`);
    const [, , project, what, id] = path.split('/');
    if (project !== 'quiet-forest-1') return [404, { message: 'project not found' }];
    if (what === 'operations') return [200, { operation: { id, status: 'finished' } }];
    if (request.method !== 'GET' && state.busy > 0) {
      state.busy -= 1;
      return [423, { code: 'LOCKED', message: 'project already has running operations' }];
    }
    if (request.method === 'POST') return [201, await create(await bodyOf(request))];
    if (request.method === 'DELETE') return remove(id ?? '');
    const search = new URLSearchParams(query).get('search') ?? '';
    const found = [...branches.values()].filter(({ name }) => name.includes(search));
    return [200, { branches: found.map((branch) => ({ ...branch, default: false })) }];
  };
  const create = async (body: { branch: { name: string; expires_at?: string } }) => {
    const id = `br-test-${(branches.size + Date.now()).toString(36)}`;
    branches.set(id, { id, ...body.branch });
    await using admin = await openSession(inject('serverUrl'));
    await admin.query(`create database ${databaseOf(id)} template ${parent}`);
    const uri = withDatabase(inject('serverUrl'), databaseOf(id));
    return {
      branch: { id, ...body.branch, current_state: 'init' },
      endpoints: [{ id: 'ep-1', type: 'read_write' }],
      operations: [{ id: `op-${state.operations++}`, status: 'running' }],
      connection_uris: [{ connection_uri: uri, connection_parameters: {} }],
    };
  };
  const remove = async (id: string): Promise<[number, unknown]> => {
    if (!branches.delete(id)) return [404, { message: 'branch not found' }];
    await using admin = await openSession(inject('serverUrl'));
    await admin.query(`drop database if exists ${databaseOf(id)} with (force)`);
    return [200, { branch: { id }, operations: [] }];
  };
  const reply = async (request: IncomingMessage, response: ServerResponse) => {
    const [status, body] = await answer(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => void reply(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ key, branches, asked, state },
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function bodyOf(request: IncomingMessage) {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text);
}
