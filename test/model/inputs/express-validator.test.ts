import { body, validationResult } from 'express-validator';
import { describe, expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { faultsOf } from '../../../src/plan/request/valid.ts';

import { outcomes, trace } from '../../setup/trace.ts';

const APP = (chains: string, handler = 'res.json({ ok: true });') => `
import express from 'express';
import { body, checkSchema, matchedData, query, validationResult } from 'express-validator';
import { db } from './db'; import { eq } from 'drizzle-orm'; import { pgTable, text } from 'drizzle-orm/pg-core';
const boats = pgTable('boats', { name: text('name').primaryKey() });
const app = express();
app.use(express.json());
app.post('/boats', ${chains}, async (req, res) => {
  const result = validationResult(req);
  if (!result.isEmpty()) return res.status(422).json({ error: 'invalid' });
  ${handler}
});
app.listen(3000);`;
const MANIFEST = JSON.stringify({
  name: 'app',
  dependencies: { express: '5', 'express-validator': '7', 'drizzle-orm': '0.45' },
});
const traced = (chains: string, handler?: string) =>
  trace({ 'package.json': MANIFEST, 'app.ts': APP(chains, handler) }, 'POST /boats', express);

const CHAINS = {
  "body('x').isEmail()": body('x').isEmail(),
  "body('x').isString().isLength({ min: 2, max: 4 })": body('x')
    .isString()
    .isLength({ min: 2, max: 4 }),
  "body('x').isInt({ min: 1, max: 9 })": body('x').isInt({ min: 1, max: 9 }),
  "body('x').optional().isIn(['red', 'blue'])": body('x').optional().isIn(['red', 'blue']),
  "body('x').isBoolean()": body('x').isBoolean(),
  "body('x').trim().notEmpty()": body('x').trim().notEmpty(),
  "body('x').not().isEmpty()": body('x').not().isEmpty(),
  "body('x').isArray({ max: 1 })": body('x').isArray({ max: 1 }),
  "body('x').isUUID()": body('x').isUUID(),
};
const VALUES = [
  'a@example.com',
  'ab',
  'abcde',
  '',
  5,
  12,
  true,
  'red',
  ['a'],
  ['a', 'b'],
  '0b7c9a5e-2f1d-4c3b-8a6e-1d2c3b4a5f60',
  undefined,
];

describe('what a chain accepts is what the library itself does', () => {
  test.each(Object.entries(CHAINS))('%s', async (text, chain) => {
    const schema = traced(text).input.body as Record<string, unknown>;
    for (const x of VALUES) {
      const request = { body: x === undefined ? {} : { x } };
      await chain.run(request);
      const real = validationResult(request).isEmpty();
      // Text that only looks like a number or a flag passes too; a plan sends the plain one.
      if (faultsOf(schema, request.body).length === 0) expect(real, JSON.stringify(x)).toBe(true);
    }
    const refused = VALUES.filter((x) => faultsOf(schema, x === undefined ? {} : { x }).length > 0);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(VALUES.length);
  });
});

test('a check of its own that asks the database is another way to be refused', () => {
  const unused = `body('name').isString().custom(async (name) => {
    const [boat] = await db.select().from(boats).where(eq(boats.name, name));
    if (boat) throw new Error('taken');
  })`;
  expect(outcomes(traced(unused)).map((each) => each.replace(/:.*/, ''))).toEqual([
    'SyntaxError 400',
    'invalid 422',
    '200 200',
  ]);
  const { reads } = traced(unused);
  expect(reads.map(({ table }) => table)).toEqual(['boats']);
});

test('a schema of chains, and only what they ask about', () => {
  const said = traced(
    `checkSchema({ name: { in: ['body'], isString: true }, size: { in: 'body', optional: true, isInt: { options: { min: 1 } } } })`,
    "const { name } = matchedData(req, { locations: ['body'] }); await db.insert(boats).values({ name }); res.json({});",
  );
  expect(said.input.body).toEqual({
    type: 'object',
    properties: { name: { type: 'string' }, size: { type: 'integer', minimum: 1 } },
    required: ['name'],
  });
  expect(said.writes[0]?.set).toEqual({ name: { kind: 'input', from: 'body', path: ['name'] } });
});

test('a check that looks everywhere finds what the path names there', () => {
  const app = APP("check(['id', 'name']).isInt()")
    .replace('{ body, checkSchema', '{ check, checkSchema')
    .replace("'/boats'", "'/boats/:id'");
  const said = trace({ 'package.json': MANIFEST, 'app.ts': app }, 'POST /boats/:id', express);
  expect(outcomes(said).join()).toMatch(/invalid 422: .*invalid params.id.*invalid body.name/);
  expect(said.input.query).toBeNull();
});
