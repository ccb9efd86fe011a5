import { expect, test } from 'vitest';
import { GenerateConfig } from '../../src/config/config.ts';
import { freshDatabase } from '../setup/database.ts';
import { generateInto } from './setup.ts';

const schema = `
  create table customers (id serial primary key, name text not null, city text, bio text);
  create table orders (id serial primary key, customer int not null references customers, carrier int references customers,
    status text not null default 'open', total numeric(9,2) not null check (total > 0), at timestamptz not null, job text);`;

async function filled(tables: Record<string, Record<string, unknown>>, more = {}) {
  const database = await freshDatabase(schema);
  const rules = GenerateConfig.parse({ tables, ...more });
  await generateInto(database, 'customers=100,orders=2000', { rules });
  return (text: string) => database.session(async (sql) => (await sql.query(text))[0]);
}

test('weights, null shares, ranges and faker methods hold', async () => {
  const ask = await filled({
    orders: {
      status: { weights: { paid: 8, "it's": 2 } },
      total: { number: { min: 5, max: 50, decimals: 2, skew: 3 } },
      job: { faker: 'person.jobTitle', nulls: 0.5 },
    },
    customers: { bio: { nulls: 1 } },
  });
  const found = await ask(`select count(*) filter (where status = 'paid')::int as paid,
    count(distinct status)::int as kinds, min(total)::float8 >= 5 and max(total) <= 50 as within,
    (avg(total) < 20)::bool as skewed, count(job)::int as jobs, count(distinct job)::int as titles
    from orders`);
  expect(found).toMatchObject({ kinds: 2, within: true, skewed: true });
  expect(Number(found?.['paid'])).toBeGreaterThan(1500);
  expect(Number(found?.['paid'])).toBeLessThan(1700);
  expect(Number(found?.['jobs'])).toBeGreaterThan(900);
  expect(Number(found?.['jobs'])).toBeLessThan(1100);
  expect(Number(found?.['titles'])).toBeGreaterThan(50);
  expect(await ask('select count(bio)::int as n from customers')).toEqual({ n: 0 });
});

test('rows spread evenly, or most of them over few', async () => {
  const spread = `select min(n)::int as least, max(n)::int as most from (
    select count(*) as n from orders group by customer) counted`;
  const even = await filled({ orders: { customer: { spread: 'even' } } });
  expect(await even(spread)).toEqual({ least: 20, most: 20 });
  const skewed = await filled({ orders: { customer: { spread: { skew: 3 } } } });
  const found = await skewed(spread);
  expect(Number(found?.['most'])).toBeGreaterThan(200);
});

test('a time series goes on by its step', async () => {
  const ask = await filled({
    orders: { at: { series: { from: '2026-01-01T00:00:00Z', everySeconds: 60, jitter: 0.5 } } },
  });
  const found =
    await ask(`select bool_and(at > before) as rising, bool_and(at - before < interval '2 minutes')
    as steady, min(at) >= '2026-01-01Z' and min(at) < '2026-01-01 00:01Z' as begun
    from (select at, lag(at, 1, at - interval '1 second') over (order by id) as before from orders) stepped`);
  expect(found).toEqual({ rising: true, steady: true, begun: true });
});

test('names and places are in the languages asked for', async () => {
  const ask = await filled({}, { locales: ['ja'] });
  const found = await ask("select bool_and(name ~ '[ぁ-んァ-ン一-龥]') as said from customers");
  expect(found).toEqual({ said: true });
});

test('a rule that a CHECK refuses ends with the name of the CHECK, before anything is written', async () => {
  await expect(
    filled({ orders: { total: { number: { min: -9, max: -1 } } } }),
  ).rejects.toMatchObject({
    code: 'generate.unsatisfied',
    message: expect.stringContaining('orders_total_check'),
  });
});
