import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';

test('a flag of a module that functions turn is either when a request asks for it', () => {
  const app = {
    'gate.ts': `
      let open = false;
      let loud = false;
      export const unlock = () => { open = true; };
      export const isOpen = () => open;
      export const isLoud = () => loud;`,
    'app.ts': `
      import { Hono } from 'hono';
      import { isLoud, isOpen } from './gate';
      const app = new Hono();
      app.get('/', (c) => {
        if (isLoud()) return c.json({ error: 'loud' }, 400);
        return isOpen() ? c.json({}, 200) : c.json({ error: 'shut' }, 503);
      });
      export default app;`,
  };
  expect(outcomes(trace(app, 'GET /'))).toEqual([
    '200 200: [isOpen()]',
    'shut 503: not [isOpen()]',
  ]);
});
