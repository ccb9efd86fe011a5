import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { When } from '../../src/plan/plan.ts';
import { answerOf, requestOf } from '../../src/proof/fire.ts';

const folder = mkdtempSync(join(tmpdir(), 'start-'));
afterEach(() => rmSync(join(folder, 'dist'), { recursive: true, force: true }));

const URL = 'http://localhost:3000';
const OPTIONS = { url: URL, credentials: null, folder };
const RESERVE: When = {
  as: null,
  method: 'POST',
  path: '/_serverFn/reserve',
  action: { by: 'tanstack-start', file: 'src/tables.ts', name: 'reserve', arguments: [] },
  body: { data: { seats: 2, note: 'a "quiet"\n<corner>', tags: [null, true] } },
};
/** As seroval's `toJSONAsync` wrote it for TanStack Start 1.168. */
const WRITTEN =
  '{"t":{"t":10,"i":0,"p":{"k":["data"],"v":[{"t":10,"i":1,"p":{"k":["seats","note","tags"],"v":[' +
  '{"t":0,"s":2},{"t":1,"s":"a \\\\\\"quiet\\\\\\"\\\\n\\\\x3Ccorner>"},{"t":9,"i":2,"a":[{"t":2,"s":0},{"t":2,"s":2}],"o":0}' +
  ']},"o":0}]},"o":0},"f":127,"m":[]}';

const id = createHash('sha256')
  .update('src/tables.ts--reserve_createServerFn_handler')
  .digest('hex');

function built(): void {
  mkdirSync(join(folder, 'dist/server/assets'), { recursive: true });
  writeFileSync(join(folder, 'dist/server/assets/tables.js'), `createServerRpc({ id: "${id}" })`);
}

describe('a call', () => {
  test('sends its data as seroval writes it, to what the build calls the function', async () => {
    built();
    const { method, path, headers, body } = await requestOf(RESERVE, OPTIONS);
    expect([method, path, body?.toString()]).toEqual(['POST', `/_serverFn/${id}`, WRITTEN]);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'sec-fetch-site': 'same-origin',
      'x-tsr-serverfn': 'true',
    });
  });

  test('has it in the query of a GET, or nothing where nothing is sent', async () => {
    built();
    const asked = await requestOf({ ...RESERVE, method: 'GET' }, OPTIONS);
    const { pathname, searchParams } = new globalThis.URL(asked.path, URL);
    expect([pathname, searchParams.get('payload'), asked.body]).toEqual([
      `/_serverFn/${id}`,
      WRITTEN,
      null,
    ]);
    const { body: _, ...without } = RESERVE;
    const bare = await requestOf({ ...without, method: 'GET' }, OPTIONS);
    expect(bare.path).toBe(`/_serverFn/${id}`);
  });

  test('sends a form as it is; in development a function is called by where it stands', async () => {
    const { path, body } = await requestOf(
      {
        ...RESERVE,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: { name: 'Ann' },
      },
      OPTIONS,
    );
    expect(body?.toString()).toBe('name=Ann');
    expect(JSON.parse(Buffer.from(path.split('/')[2] ?? '', 'base64url').toString())).toEqual({
      file: '/src/tables.ts?tss-serverfn-split',
      export: 'reserve_createServerFn_handler',
    });
  });
});

describe('an answer', () => {
  const SERIALIZED = { 'content-type': 'application/json', 'x-tss-serialized': 'true' };

  function got(
    text: string,
    {
      status = 200,
      headers = SERIALIZED,
    }: { status?: number; headers?: Record<string, string> } = {},
  ) {
    const incoming = { status, headers, setCookies: [], body: Buffer.from(text) };
    const { body, location, ...answer } = answerOf(incoming, URL);
    return [answer.status, body, location];
  }

  /** As TanStack Start 1.168 answered. */
  const result = (value: string, error = '{"t":2,"s":1}') =>
    `{"t":10,"i":0,"p":{"k":["result","error","context"],"v":[${value},${error},{"t":11,"i":9,"p":{"k":[],"v":[]},"o":0}]},"o":0}`;
  const NOTHING = '{"t":2,"s":1}';

  test('is what the function returned, what it refers to twice told twice', () => {
    const row =
      '{"t":10,"i":2,"p":{"k":["at","name"],"v":[{"t":5,"i":3,"s":"2026-01-01T00:00:00.000Z"},{"t":1,"s":"\\\\x3Cb>"}]},"o":0}';
    expect(got(result(`{"t":9,"i":1,"a":[${row},{"t":4,"i":2}],"o":0}`))).toEqual([
      200,
      [
        { at: '2026-01-01T00:00:00.000Z', name: '<b>' },
        { at: '2026-01-01T00:00:00.000Z', name: '<b>' },
      ],
      null,
    ]);
    expect(got(result(NOTHING))).toEqual([200, null, null]);
  });

  test('is an error that its caller is thrown, with a status where the function has set one', () => {
    const error = '{"t":25,"i":1,"s":{"message":{"t":1,"s":"Full"}},"c":"$TSR/Error"}';
    expect(got(result(NOTHING, error))).toEqual([500, { message: 'Full' }, null]);
    expect(got(result(NOTHING, error), { status: 409 })).toEqual([409, { message: 'Full' }, null]);
    expect(got(error, { status: 500 })).toEqual([500, { message: 'Full' }, null]);
    // Since 1.169 what there is none of is left out.
    const alone = `{"t":10,"i":0,"p":{"k":["error"],"v":[${error}]},"o":0}`;
    expect(got(alone)).toEqual([500, { message: 'Full' }, null]);
    const bare = '{"t":10,"i":0,"p":{"k":["result"],"v":[{"t":0,"s":5}]},"o":0}';
    expect(got(bare)).toEqual([200, 5, null]);
  });

  test('leads on, or says that something is not there', () => {
    const missing = '{"t":10,"i":1,"p":{"k":["isNotFound"],"v":[{"t":2,"s":2}]},"o":0}';
    expect(got(result(NOTHING, missing))).toEqual([404, { isNotFound: true }, null]);
    const headers = { 'content-type': 'application/json', location: '/login?a=b' };
    const redirect =
      '{"to":"/login","search":{"a":"b"},"statusCode":307,"href":"/login?a=b","isSerializedRedirect":true}';
    expect(got(redirect, { headers })).toEqual([307, null, '/login?a=b']);
    const { location: _, ...bare } = headers;
    expect(got(redirect, { headers: bare })).toEqual([307, null, '/login?a=b']);
  });

  test('is a response as the function made it', () => {
    const headers = { 'content-type': 'application/json', 'x-tss-raw': 'true' };
    expect(got('{"a":1}', { status: 201, headers })).toEqual([201, { a: 1 }, null]);
  });
});
