import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';

/** Each function calls the next one three times. */
const HEAVY = Array.from(
  { length: 11 },
  (_, at) =>
    `async function count${at}(berth: any) { return (await count${at + 1}(berth)) + (await count${at + 1}(berth)) + (await count${at + 1}(berth)); }`,
).join('\n');

const app = (handler: string) => `
  import { Hono } from 'hono';
  ${HEAVY}
  async function count11(berth: any) { return berth.id + 1; }
  async function mail(berth: any) { await count0(berth); }
  async function answer(c: any) { await count0({ id: 1 }); return c.json({ done: true }, 201); }
  export const app = new Hono().get('/', async (c) => { ${handler} });`;

const traced = (handler: string) => trace({ 'app.ts': app(handler) }, 'GET /');
const said = ({ findings }: ReturnType<typeof trace>) =>
  findings.map(({ code, facts }) => `${code} ${facts['text'] ?? ''}`.trim());

test('what takes all the steps is passed over, from the inside out, and said', () => {
  const found = traced('await mail({ id: 1 }); return c.body(null, 204);');
  expect(outcomes(found)).toEqual(['204 204: ']);
  expect(said(found)).toEqual([expect.stringMatching(/^model.passedOver count10, count9/)]);
});

test('what is decided by what was passed over is open', () => {
  const found = traced(
    'const n = await count0({ id: 1 }); if (n > 3) return c.body(null, 409); return c.body(null, 204);',
  );
  expect(outcomes(found).map((line) => line.slice(0, 3))).toEqual(['409', '204']);
  expect(said(found)).toEqual([expect.stringMatching(/^model.passedOver count/)]);
});

test('what answers is not passed over, only what it calls', () => {
  const found = traced('return answer(c);');
  expect(outcomes(found)).toEqual(['201 201: ']);
  expect(said(found)).toEqual([expect.stringMatching(/^model.passedOver count[^a]*$/)]);
});

test('what takes few steps is followed to its end', () => {
  expect(traced('await count9({ id: 1 }); return c.body(null, 204);').findings).toEqual([]);
});

test('errors are answered as they would be where no steps are left', () => {
  const found = trace(
    {
      'app.ts': `
        import { Hono } from 'hono';
        class Refused extends Error { status = 409; }
        ${HEAVY.replaceAll('(berth: any) {', `(berth: any) { if (berth.c.req.query('full')) throw new Refused();`)}
        async function count11(berth: any) { return berth.c.body(null, 204); }
        export const app = new Hono()
          .get('/', async (c) => count0({ c }))
          .onError((error: any, c) => c.json({ error: 'refused' }, error.status));`,
    },
    'GET /',
  );
  expect(found.findings.map(({ facts }) => facts['reason'])).toContain(
    'the code takes too many steps',
  );
  const statuses = found.outcomes.map(({ status }) => status);
  expect(statuses).toContain(409);
  expect(statuses).not.toContain(500);
});
