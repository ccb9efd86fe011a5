import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

test('a change spread over a row keeps what the request leaves out', () => {
  const found = trace(
    shop(`app.patch('/products/:id', async (c) => {
      const changes = z.object({ stock: z.number().optional(), price: z.number() }).parse(await c.req.json());
      const [product] = await db.select().from(products).where(eq(products.id, c.req.param('id')));
      if (!product) return c.json({ error: 'missing' }, 404);
      const next = { ...product, ...changes };
      if (next.stock < 0) return c.json({ error: 'negative' }, 422);
      if (next.price < 1) return c.json({ error: 'free' }, 422);
      return c.body(null, 204);
    });`),
    'PATCH /products/:id',
  );
  const said = outcomes(found);
  expect(said.find((each) => each.startsWith('negative'))).toContain(
    '(present body.stock & body.stock < 0 | missing body.stock & product.stock < 0)',
  );
  expect(said.find((each) => each.startsWith('free'))).toContain('body.price < 1');
});

const FLAGS = `const flag = (fallback: boolean) => z.enum(['true', 'false']).optional()
    .transform((value) => (value ? value === 'true' : fallback));
  const env = z.object({ OPEN: flag(true), CLOSED: flag(false) }).parse(process.env);`;

test('a word of the environment that a schema turns into a flag says on and off', () => {
  const found = trace(
    shop(`${FLAGS}
    app.get('/', (c) => {
      if (!env.OPEN) return c.json({ error: 'not_open' }, 503);
      if (env.CLOSED) return c.json({ error: 'closed' }, 503);
      return c.body(null, 204);
    });`),
    'GET /',
  );
  expect(outcomes(found)).toEqual([
    'not_open 503: env.OPEN = "false"',
    'closed 503: env.OPEN != "false" & env.CLOSED = "true"',
    '204 204: env.OPEN != "false" & env.CLOSED != "true"',
  ]);
});

test('what stands after a return of next() never runs', () => {
  const found = trace(
    shop(`app.use(async (c, next) => {
      if (['GET'].includes(c.req.method)) return next();
      if (!c.req.header('x-key')) throw new HTTPException(401, { message: 'No key' });
      await next();
    });
    app.get('/', (c) => c.body(null, 204));`),
    'GET /',
  );
  expect(outcomes(found)).toEqual(['204 204: ']);
});
