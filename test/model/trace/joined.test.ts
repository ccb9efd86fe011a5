import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const ended = (handler: string) =>
  outcomes(trace(shop(`app.get('/', (c) => {${handler}});`), 'GET /'));

test('a text joined of items that may be missing has them where they are there', () => {
  const joined = `
    const words = [];
    if (c.req.query('a')) words.push('a');
    if (c.req.query('b')) words.push('b');
    const text = words.join('-');`;
  expect(ended(`${joined} return text === 'a-b' ? c.json({}) : c.json({}, 400);`)).toEqual([
    '200 200: present query.a & present query.b',
    '400 400: (missing query.a | missing query.b)',
  ]);
  expect(ended(`${joined} return text === '' ? c.json({}, 400) : c.json({});`).at(0)).toBe(
    '400 400: missing query.a & missing query.b',
  );
});

test('an item that may be missing is reduced where it is there', () => {
  const summed = `
    const parts = [1];
    if (c.req.query('a')) parts.push(2);
    const sum = parts.reduce((all, each) => all + each, 0);`;
  expect(ended(`${summed} return sum === 3 ? c.json({}) : c.json({}, 400);`)).toEqual([
    '200 200: present query.a',
    '400 400: missing query.a',
  ]);
});
