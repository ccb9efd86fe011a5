import { expect, test } from 'vitest';
import { analyze } from '../../../src/model/analyze.ts';
import { programOf } from '../../setup/code.ts';

const dependencies = { express: '5', pg: '8' };

function endings(options: string, { method = 'post', version = '1.10.2' } = {}) {
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
      const tus = new Server({ path: '/files', datastore: new S3Store({}), ${options} });
      app.${method}('/files', (req, res) => tus.handle(req, res));
      app.listen(3000);`,
  });
  const [route] = analyze(program, { emit: () => undefined }).apps[0]?.routes ?? [];
  return (route?.outcomes ?? []).map(({ status, message }) => `${status} ${message?.trim() ?? ''}`);
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
      '410 The file for this url no longer exists',
      '204 ',
    ]),
  );
  expect(endings('', { method: 'put' })).toEqual([
    '412 Tus-Resumable Required',
    '400 Invalid',
    '404 Not found',
  ]);
});
