import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';

/** Each function calls the next one three times. */
const HEAVY = Array.from(
  { length: 11 },
  (_, at) =>
    `async function mail${at}(berth: any) { await mail${at + 1}(berth); await mail${at + 1}(berth); await mail${at + 1}(berth); }`,
).join('\n');

const app = (handler: string) => `
  import { Hono } from 'hono';
  ${HEAVY}
  async function mail11(berth: any) { return berth.id + 1; }
  export const app = new Hono().get('/', async (c) => { ${handler} });`;

test('work that nobody waits for takes no more than its share of the steps', () => {
  const traced = trace(
    { 'app.ts': app('void mail0({ id: 1 }); return c.body(null, 204);') },
    'GET /',
  );
  expect(outcomes(traced)).toEqual(['204 204: ']);
  expect(traced.findings).toEqual([]);
  const awaited = trace(
    { 'app.ts': app('await mail0({ id: 1 }); return c.body(null, 204);') },
    'GET /',
  );
  expect(awaited.findings.map(({ code }) => code)).toEqual(['model.passedOver']);
});
