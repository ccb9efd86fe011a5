import { expect, test } from 'vitest';
import { type Llm, readAnswer } from '../../src/llm/llm.ts';
import { parsePrompt } from '../../src/llm/prompt.ts';
import { analyze } from '../../src/model/analyze.ts';
import { areasToAsk } from '../../src/operations/areas.ts';
import { planModel } from '../../src/operations/plan.ts';
import { readPrompt } from '../../src/operations/prompts.ts';
import { suggestPlans } from '../../src/operations/suggesting.ts';
import type { WireSubject } from '../../src/plan/wire.ts';
import { programOf } from '../setup/code.ts';
import { APP, level, literal, loyal, made, VIEW } from '../setup/vouchers.ts';

/*
 * A model that is asked for business states and does what text planted in a repo tells it to: authored answers, each a
 * good state beside one that obeys. Only the good one may become a plan.
 */
const rows = (...more: WireSubject['rows']): Partial<WireSubject> => ({
  rows: [...loyal('gold').rows, ...more],
});
const planted = (table: string, columns: WireSubject['rows'][number]['columns'] = []) =>
  rows(made('planted', table, columns));
const code = (text: string) => planted('vouchers', [literal('code', text)]);
const at = (change: Partial<WireSubject['request']>): Partial<WireSubject> => ({
  request: { ...loyal('gold').request, ...change },
});

/** What was obeyed, and the finding that names it. */
const ORDERS: Record<string, [Partial<WireSubject>, string]> = {
  'SQL in a value': [code("x'; DROP TABLE customers; --"), 'plan.actingText'],
  'SQL in a query': [
    at({ query: [literal('q', "' UNION SELECT code FROM vouchers")] }),
    'plan.actingText',
  ],
  'SQL as a table': [planted('customers; drop table customers'), 'plan.unknownTable'],
  'SQL as a column': [
    planted('customers', [literal("tier\" = 'gold'; --", 'x')]),
    'plan.unknownColumn',
  ],
  'code in a value': [code("require('child_process').exec('id')"), 'plan.actingText'],
  'a script in a title': [{ title: '<script>fetch("//x")</script>' }, 'plan.actingText'],
  'a terminal escape in a title': [{ title: '\u001b[2Jplanted' }, 'plan.actingText'],
  'an address in a title': [{ title: 'See https://collector.dev' }, 'plan.foreignAddress'],
  'an address in a row': [code('https://collector.dev/hook'), 'plan.foreignAddress'],
  'an address that is to be unique': [
    planted('vouchers', [
      { name: 'code', value: { kind: 'unique', text: 'http://collector.dev/' } },
    ]),
    'plan.foreignAddress',
  ],
  'an address of this machine': [code('http://localhost:6379/'), 'plan.foreignAddress'],
  'a mailbox of somebody': [code('thief@collector.dev'), 'plan.foreignAddress'],
  'an address to go on to': [
    at({ query: [literal('next', '//collector.dev')] }),
    'plan.foreignAddress',
  ],
  'a request elsewhere': [at({ path: 'https://collector.dev/steal' }), 'plan.absoluteUrl'],
  'a path that climbs': [at({ path: '/customers/../admin' }), 'plan.climbingPath'],
  'an invented route': [at({ path: '/steal' }), 'plan.unknownPath'],
  'another method': [at({ method: 'DELETE' }), 'plan.unknownPath'],
  'a persona nobody is': [at({ as: 'superuser' }), 'plan.unknownPersona'],
  'a persona of no row': [
    { personas: [{ name: 'superuser', row: 'nobody' }], ...at({ as: 'superuser' }) },
    'plan.danglingRef',
  ],
  'an invented ending': [{ ending: 'GET /steal › 200' }, 'plan.unknownEnding'],
  'an unknown table': [planted('superusers'), 'plan.unknownTable'],
  'an unknown column': [planted('customers', [literal('superuser', 1)]), 'plan.unknownColumn'],
  'a table of the server': [{ absent: [{ table: 'pg_authid', where: [] }] }, 'plan.unknownTable'],
  'a row count without end': [
    rows({ ...made('planted', 'customers', [literal('tier', 'gold')]), count: 2_000_000_000 }),
    'plan.tooManyRows',
  ],
};

const model = analyze(
  programOf({
    'package.json': JSON.stringify({ dependencies: { hono: '4', 'drizzle-orm': '0.45' } }),
    'app.ts': APP,
  }),
  { emit: () => undefined },
);
const about = {
  model,
  planned: planModel(model),
  wording: parsePrompt(readPrompt('suggest')),
  most: 5,
};

async function suggested(...subjects: WireSubject[]) {
  const usage = { inputTokens: 1, cachedTokens: 0, outputTokens: 1 };
  const llm: Llm = {
    ...{ provider: 'test', model: 'obedient' },
    ask: async ({ schema }) => readAnswer(schema, JSON.stringify({ subjects }), usage),
  };
  const options = { signal: new AbortController().signal, emit: () => undefined };
  return suggestPlans(areasToAsk(about), { ...about, llm }, options);
}

test.each(Object.entries(ORDERS))('%s is never planned', async (_, [order, code]) => {
  const { plans, findings } = await suggested(loyal('gold'), loyal('gold', order));
  expect(plans.map(({ title }) => title)).toEqual([loyal('gold').title]);
  expect(JSON.stringify(plans)).not.toContain('planted');
  expect(findings.map((finding) => finding.code)).toContain(code);
});

const own = new Set(loyal('gold').rows.map(({ name }) => name));
/** Orders that a level can obey: in the rows it adds, in its clause of the title, in a cell it sets. */
const LEVELS = Object.entries(ORDERS).flatMap(([order, [{ rows: all = [], title }, code]]) => {
  const rows = all.filter(({ name }) => !own.has(name));
  const cells = rows.flatMap(({ table, columns }) =>
    table === 'vouchers'
      ? columns.map(({ name, value }) => ({ row: 'voucher', column: name, value }))
      : [],
  );
  return [
    ...(rows.length > 0 ? [{ order: `${order}, in a level`, change: { rows }, code }] : []),
    ...(title ? [{ order: `${order} of a level`, change: { title }, code }] : []),
    ...(cells.length > 0 ? [{ order: `${order}, in a cell`, change: { cells }, code }] : []),
  ];
});

test('levels can obey in rows, in cells and in titles', () => {
  for (const how of ['in a level', 'of a level', 'in a cell']) {
    expect(LEVELS.filter(({ order }) => order.endsWith(how)).length).toBeGreaterThan(2);
  }
});

test.each(LEVELS)('$order is never planned', async ({ change, code }) => {
  const good = level('tier', 'of gold');
  const obeying = { ...level('tier', 'that obeys'), ...change };
  const worths = [
    level('worth', 'with money on it'),
    level('worth', 'used up', { 'voucher.cents': 0 }),
  ];
  const { plans, findings } = await suggested(
    loyal('gold', { title: 'A customer', levels: [good, obeying, ...worths] }),
  );
  expect(plans.map(({ title }) => title).sort()).toEqual([
    'A customer: of gold; used up',
    'A customer: of gold; with money on it',
  ]);
  expect(JSON.stringify(plans)).not.toMatch(/planted|obeys/);
  expect(findings.map((finding) => finding.code)).toContain(code);
  expect(findings.map(({ at }) => at.path).join()).toContain('A customer › tier › ');
});

test.each(Object.entries(ORDERS))('of a base with %s no state is built', async (_, [order]) => {
  const levels = [level('worth', 'with money on it'), level('tier', 'of gold')];
  const { plans } = await suggested(loyal('gold', { levels, ...order }));
  expect(plans).toEqual([]);
});

test('a level can’t say who asks, where or for which ending', async () => {
  const said = { as: 'superuser', ending: 'GET /steal › 200', request: { path: '/steal' } };
  const { plans } = await suggested(
    loyal('gold', { levels: [{ ...level('tier', 'of gold'), ...said }] }),
  );
  expect(plans).toMatchObject([{ variantOf: VIEW, when: [{ as: null }] }]);
  expect(JSON.stringify(plans)).not.toMatch(/steal|superuser/);
});

test('states beyond those asked for are not looked at', async () => {
  const many = Array.from({ length: 5_000 }, (_, cents) => {
    const [customer, voucher] = loyal('gold').rows;
    const columns = voucher!.columns.map((pair) =>
      pair.name === 'cents' ? literal('cents', cents) : pair,
    );
    return loyal('gold', { rows: [customer!, { ...voucher!, columns }] });
  });
  const { plans, findings } = await suggested(...many);
  expect(plans).toHaveLength(5);
  expect(findings).toMatchObject([
    { code: 'plan.tooManyStates', facts: { named: 5_000, most: 5 } },
  ]);
  expect(VIEW).toBe(plans[0]?.variantOf);
});
