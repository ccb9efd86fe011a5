import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const endings = (code: string) =>
  outcomes(trace(shop(`app.get('/orders', async (c) => {${code}});`), 'GET /orders'));

test('what a text is encoded to are bytes that say the same', () => {
  expect(
    endings(`
      const body = new TextEncoder().encode('no_order');
      const isBinary = (it) => it instanceof ArrayBuffer || it instanceof Blob || ArrayBuffer.isView(it);
      if (!isBinary(body) || !(body instanceof Uint8Array)) return c.json({ error: 'never' }, 500);
      if (isBinary({ code: 'no_order' }) || isBinary('no_order')) return c.json({ error: 'nor' }, 500);
      return c.json({ error: new TextDecoder().decode(body) }, 404);`),
  ).toEqual(['no_order 404: ']);
});
