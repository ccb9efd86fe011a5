import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

function endings(code: string): string[] {
  const app = `
    import _ from 'underscore';
    import { isEmpty, get } from 'lodash';
    import getAlone from 'lodash.get';
    import express from 'express';
    const app = express();
    app.get('/boat', (request, response) => { ${code} });
    app.listen(3000);`;
  return outcomes(trace({ 'app.ts': app }, 'GET /boat', express));
}

const refusal = (condition: string) =>
  endings(`if (${condition}) return response.status(400).end(); response.status(204).end();`);

test.each([
  ['_.isUndefined(request.query.name)', 'missing query.name'],
  ['_.isString(request.query.name)', 'present query.name'],
  ["_.contains(['raft', 'hull'], request.query.name)", 'query.name in ("raft", "hull")'],
  ["_.some(['raft', 'hull'], (each) => request.query.name === each)", 'query.name = "raft"'],
  ["_.pluck([{ name: 'raft' }], 'name')[0] === request.query.name", 'query.name = "raft"'],
  ["_.find([{ name: 'raft' }], { name: request.query.name })", 'query.name = "raft"'],
  ["_.pick({ name: request.query.name, more: 1 }, 'name').name", 'present query.name'],
  ["get(request, 'query.name')", 'present query.name'],
  ["getAlone(request, 'query.name')", 'present query.name'],
  ["_.has({ name: request.query.name }, 'name')", 'present query.name'],
  ["_.has(process.env, 'CLOSED')", 'env.CLOSED != null'],
  ["'CLOSED' in process.env", 'env.CLOSED != null'],
])('%s', (code, condition) => {
  const [refused, passed] = refusal(code);
  expect(refused).toContain('400: ');
  expect(refused).toContain(condition);
  expect(passed).toContain('204: ');
});

test('a plain object is neither a function nor a class', () => {
  expect(
    refusal(
      "_.isPlainObject({}) && !_.isPlainObject(() => 1) && !_.isPlainObject([]) && typeof (() => 1)[Symbol.iterator] !== 'function'",
    ),
  ).toEqual(['400 400: ']);
  expect(refusal('_.isPlainObject(app.locals)')[0]).toContain('[_.isPlainObject(app.locals)]');
});

test('what is decided by the code alone is decided', () => {
  expect(refusal("_.isFunction(() => 1) && isEmpty([]) && !_.isUndefined('raft')")).toEqual([
    '400 400: ',
  ]);
});

test('a list that nobody knows throws nothing', () => {
  expect(endings('_.each(request.query.names, (name) => name); response.json({});')).toEqual([
    '200 200: ',
  ]);
});
