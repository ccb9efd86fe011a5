import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { When } from '../../src/plan/plan.ts';
import { fire } from '../../src/proof/fire.ts';
import { actionId, encodeAction } from '../../src/proof/server-action.ts';

const folder = mkdtempSync(join(tmpdir(), 'actions-'));
afterEach(() => rmSync(join(folder, '.next'), { recursive: true, force: true }));

const RESERVE: When = {
  as: null,
  method: 'ACTION',
  path: '/dinners/soup%20night',
  action: {
    file: 'src/app/dinners/actions.ts',
    name: 'reserve',
    arguments: [{ segment: 1 }, 'state', 'form'],
  },
  body: { seats: 2, note: null },
};

function built(): void {
  const server = join(folder, '.next/server');
  mkdirSync(server, { recursive: true });
  const filename = 'apps/club/src/app/dinners/actions.ts';
  const node = {
    aa: { filename, exportedName: 'cancel' },
    bb: { filename, exportedName: 'reserve' },
  };
  writeFileSync(join(server, 'server-reference-manifest.json'), JSON.stringify({ node }));
}

test('a form goes beside what was bound and the state it was shown with', async () => {
  const { bytes, type } = await encodeAction(RESERVE);
  const fields = await new Response(new Uint8Array(bytes), {
    headers: { 'content-type': type },
  }).formData();
  expect([...fields]).toEqual([
    ['_1_seats', '2'],
    ['0', '["soup night",{},"$K1"]'],
  ]);
});

test('arguments without a form are JSON, a dollar at their head doubled', async () => {
  const action = { file: 'a.ts', name: 'a', arguments: [{ body: 'price' }, { body: 'none' }] };
  const { bytes, type } = await encodeAction({ ...RESERVE, action, body: { price: '$5' } });
  expect([bytes.toString(), type]).toEqual(['["$$5","$undefined"]', 'text/plain;charset=UTF-8']);
});

test('the build knows an action by its file and name', () => {
  built();
  expect(actionId(folder, { file: 'src/app/dinners/actions.ts', name: 'reserve' })).toBe('bb');
  const other = { file: 'src/app/hosts/actions.ts', name: 'reserve' };
  expect(() => actionId(folder, other)).toThrow('no action reserve of src/app/hosts/actions.ts');
});

test('what it returns is the body, where it leads to the location', async () => {
  built();
  const asked: [string | undefined, unknown][] = [];
  const server = createServer((request, response) => {
    asked.push([request.method, request.headers['next-action']]);
    if (asked.length === 1) {
      response.writeHead(200, { 'content-type': 'text/x-component' });
      response.end('0:{"a":"$@1","q":""}\n2:"tree"\n1:{"code":null,"message":"See you"}\n');
    } else {
      response.writeHead(200, { 'x-action-redirect': '/login;push' });
      response.end();
    }
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const options = { url: `http://127.0.0.1:${port}`, credentials: null, folder };
  try {
    const first = await fire(RESERVE, options);
    expect([first.status, first.body, first.text]).toEqual([
      200,
      { code: null, message: 'See you' },
      '{"code":null,"message":"See you"}',
    ]);
    const second = await fire(RESERVE, options);
    expect([second.status, second.location]).toEqual([303, '/login']);
    expect(asked).toEqual([
      ['POST', 'bb'],
      ['POST', 'bb'],
    ]);
  } finally {
    server.close();
  }
});
