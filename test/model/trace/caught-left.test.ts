import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';

const endings = (body: string) =>
  outcomes(
    trace(
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { hono: '4', yup: '1' } }),
        'app.ts': `
          import { Hono } from 'hono';
          import * as yup from 'yup';
          const app = new Hono();
          const berth = yup.object({ name: yup.string().defined() });
          const rules = new Map([['berth', { schema: berth }]]);
          app.post('/berths', async (c) => {
            const sent = await c.req.json();
            ${body}
          });
          export default app;`,
      },
      'POST /berths',
    ),
  ).filter((each) => !each.startsWith('SyntaxError'));

const REFUSED = ['refused 400: invalid body', '200 200: valid body'];

test('what a try has not set when its error comes up is as it was before', () => {
  expect(
    endings(`
      let step = 'none';
      let checked = null;
      try {
        step = 'checking';
        checked = { name: (await berth.validate(sent)).name };
        step = 'checked';
      } catch (error) { console.log(error); }
      if (step === 'none') return c.json({ error: 'never' }, 500);
      if (step === 'checking' && checked) return c.json({ error: 'nor' }, 500);
      return checked ? c.json({}) : c.json({ error: 'refused' }, 400);`).sort(),
  ).toEqual([...REFUSED].sort());
});

test('a catch sees what was set before its error', () => {
  expect(
    endings(`
      let error = 'never';
      try {
        error = 'refused';
        await berth.validate(sent);
        error = 'nor';
      } catch { return c.json({ error }, 400); }
      return c.json({});`),
  ).toEqual(REFUSED);
});

test('errors that a loop collects are what its list holds', () => {
  expect(
    endings(`
      const checked = [];
      const errors = [];
      for (const [, rule] of rules.entries()) {
        try {
          checked.push(await rule.schema.validate(sent));
        } catch (error) { errors.push(error); }
      }
      if (checked.length === 0) {
        if (errors.length === 1) return c.json({ error: 'refused' }, 400);
        return c.json({ error: 'several' }, 422);
      }
      return c.json({});`),
  ).toEqual(REFUSED);
});
