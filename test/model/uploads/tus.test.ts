import { expect, test } from 'vitest';
import { analyze } from '../../../src/model/analyze.ts';
import { programOf } from '../../setup/code.ts';

const dependencies = { express: '5', pg: '8' };

function endings(options: string, { method = 'post', version = '1.10.2', store = '' } = {}) {
  return outcomesOf(options, { method, version, store }).map(
    ({ status, message }) => `${status} ${message?.trim() ?? ''}`,
  );
}

function outcomesOf(options: string, { method = 'post', version = '1.10.2', store = '' }) {
  const program = programOf({
    'package.json': JSON.stringify({
      name: 'app',
      dependencies: { ...dependencies, '@tus/server': version },
    }),
    'migrations/1.sql': 'create table berths (id text primary key, open boolean not null);',
    'app.ts': `
      import express from 'express'; import pg from 'pg';
      import { Server } from '@tus/server'; import { S3Store } from '@tus/s3-store';
      const pool = new pg.Pool(); const app = express();
      const tus = new Server({ path: '/files', datastore: new S3Store({ ${store} }), ${options} });
      app.${method}('/files', (req, res) => tus.handle(req, res));
      app.listen(3000);`,
  });
  const [route] = analyze(program, { emit: () => undefined }).apps[0]?.routes ?? [];
  return route?.outcomes ?? [];
}

const CREATE = `async onUploadCreate(req, res, upload) {
  const { rows: [berth] } = await pool.query('select * from berths where id = $1', [upload.metadata.berth]);
  if (!berth) throw { status_code: 404, body: 'no berth' };
  if (!berth.open) throw new Error('closed');
  return res;
}`;

test('callbacks are entered, and what they throw is answered with the status it carries', () => {
  expect(endings(`maxSize: 1000, ${CREATE}`)).toEqual([
    '412 Tus-Resumable Required',
    '400 Invalid',
    '201 ',
    '501 Concatenation extension is not (yet) supported',
    '400 Upload-Length or Upload-Defer-Length header required',
    '413 Maximum size exceeded',
    '404 no berth',
    '500 ',
    '500 ',
  ]);
});

test('an app says itself what errors are answered with', () => {
  const answered = endings(`${CREATE}, onResponseError(req, res, error) {
    return { status_code: 503, body: 'later' };
  }`);
  expect(answered.filter((each) => !each.startsWith('201'))).toEqual([
    '412 Tus-Resumable Required',
    '400 Invalid',
    ...answered.filter((each) => each === '503 later'),
  ]);
  expect(answered).toContain('503 later');
});

test('from version 2 on callbacks are given a web request and no response', () => {
  const found = endings(
    `async onUploadCreate(request, upload) {
      if (!upload.metadata.berth) throw { status_code: 422, body: 'no berth' };
    }`,
    { version: '2.2.1' },
  );
  expect(found).toContain('422 no berth');
});

test('each method has a handler of its own, and what has none is not found', () => {
  expect(endings('', { method: 'patch' })).toEqual(
    expect.arrayContaining([
      '403 Upload-Offset header required',
      '409 Upload-Offset conflict',
      '404 The file for this url was not found',
      '204 ',
    ]),
  );
  expect(endings('', { method: 'put' })).toEqual([
    '412 Tus-Resumable Required',
    '400 Invalid',
    '404 Not found',
  ]);
});

test('uploads expire where their store is made with a time for that', () => {
  const gone = '410 The file for this url no longer exists';
  expect(endings('', { method: 'patch' })).not.toContain(gone);
  const store = 'expirationPeriodInMilliseconds: 1000';
  expect(endings('', { method: 'patch', store })).toContain(gone);
});

test('an offset that is not the upload’s is refused', () => {
  const refused = outcomesOf('', { method: 'patch' }).find(({ status }) => status === 409);
  const name = '@tus/server: the offset is the upload’s';
  expect(refused?.when).toContainEqual(expect.objectContaining({ name, holds: false }));
});

test('an upload has the metadata that it was created with', () => {
  const finish = `async onUploadFinish(req, upload) {
    if (!upload.metadata?.berth) throw { status_code: 422, body: 'no berth' };
    return { status_code: 200, body: 'in berth' };
  }`;
  const create = `async onUploadCreate() { return { metadata: { berth: 'a' } }; }`;
  const options = { version: '2.2.1', method: 'patch' };
  expect(endings(finish, options)).toContain('422 no berth');
  expect(JSON.stringify(outcomesOf(finish, options))).not.toContain('upload-metadata');
  expect(endings(`${create}, ${finish}`, options)).not.toContain('422 no berth');
});

test('what comes of a whole upload is answered as the app says', () => {
  const finish = `async onUploadFinish(req, upload) { return { status_code: 200, body: 'whole' }; }`;
  const found = endings(finish, { version: '2.2.1', method: 'patch' });
  expect(found.filter((each) => each.startsWith('20'))).toEqual(['200 whole', '204 ']);
});
