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

test('a word of the request that a schema turns into a flag is true for its word alone', () => {
  const found = trace(
    shop(`const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
    app.get('/', (c) => {
      const { late } = z.object({ late: flag.optional() }).parse(c.req.query());
      if (late) return c.json({ error: 'late' }, 409);
      return c.body(null, 204);
    });`),
    'GET /',
  );
  expect(outcomes(found).slice(-2)).toEqual([
    'late 409: valid query & query.late = "true"',
    '204 204: valid query & query.late != "true"',
  ]);
});

test('an error’s own name is that of the class it extends', () => {
  const found = trace(
    shop(`class Gone extends Error {}
    app.onError((error, c) => error.name === 'Gone' ? c.json({ error: 'gone' }, 410) : c.json({ error: 'other' }, 409));
    app.get('/', () => { throw new Gone(); });`),
    'GET /',
  );
  expect(outcomes(found)).toEqual(['other 409: ']);
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

test.each([
  [
    'z.number().optional()',
    'present body.points & body.points != 0',
    '(missing body.points | body.points = 0)',
  ],
  ['z.number().positive().optional()', 'present body.points', 'missing body.points'],
  ['z.number().default(0)', 'body.points != 0', 'body.points = 0'],
])(
  'a number that may be left out is true where it is there, and not zero: %s',
  (schema, yes, no) => {
    const found = trace(
      shop(`app.post('/', async (c) => {
      const body = z.object({ points: ${schema} }).parse(await c.req.json());
      if (body.points) return c.json({ error: 'spent' }, 409);
      return c.body(null, 204);
    });`),
      'POST /',
    );
    const said = outcomes(found).map((each) => each.replace('wellFormed body & ', ''));
    expect(said.slice(-2)).toEqual([
      `spent 409: valid body & ${yes}`,
      `204 204: valid body & ${no}`,
    ]);
  },
);

test('a schema that asks of the path no more than texts refuses nothing', () => {
  const asked = (id: string) =>
    outcomes(
      trace(
        shop(`app.get('/orders/:id', async (c) => {
          const { id } = z.object({ id: ${id} }).parse(c.req.param());
          return c.json({ id });
        });`),
        'GET /orders/:id',
      ),
    );
  expect(asked('z.string()')).toEqual(['200 200: ']);
  expect(asked('z.string().min(3)')).toHaveLength(2);
  expect(asked('z.string(), other: z.string()')).toHaveLength(2);
});

test('the validator of hono-openapi refuses what its schema does', () => {
  const found = trace(
    {
      'app.ts': `
        import { Hono } from 'hono';
        import { describeRoute, validator } from 'hono-openapi';
        import * as v from 'valibot';
        const app = new Hono();
        app.put('/comment', describeRoute({ tags: ['Activity'] }),
          validator('json', v.object({ comment: v.string() })),
          async (c) => c.json(c.req.valid('json')));
        export default app;`,
      'package.json': JSON.stringify({
        name: 'app',
        dependencies: { hono: '4', 'hono-openapi': '1', valibot: '1' },
      }),
    },
    'PUT /comment',
  );
  expect(outcomes(found)).toEqual([
    '400 400: invalid body',
    'malformed-json-in-request-body 400: malformed body',
    expect.stringMatching(/^200 200: .*valid body/),
  ]);
  expect(found.input.body).toMatchObject({ required: ['comment'] });
});

test('whether a text of the request is a UUID is asked of its form', () => {
  const found = trace(
    shop(`import { v4, validate as isUuid } from 'uuid';
    app.get('/', (c) => {
      const id = c.req.query('id');
      if (!isUuid(id)) return c.json({ error: 'no_id' }, 400);
      return c.json({ id: v4() });
    });`),
    'GET /',
  );
  expect(outcomes(found).map((said) => said.replace(/".*"/, 'UUID'))).toEqual([
    'no_id 400: (missing query.id | query.id not matches UUID)',
    '200 200: present query.id & query.id matches UUID',
  ]);
});

test('a set holds what is the same once', () => {
  const found = trace(
    shop(`app.get('/', (c) => {
      const said = ['shop'];
      const { a, b } = c.req.query();
      if (a) said.push(a);
      if (b === 'shop') said.push(b);
      const distinct = new Set(said);
      return c.body(null, distinct.size > 1 ? 409 : 204);
    });`),
    'GET /',
  );
  expect(outcomes(found)).toEqual([
    '409 409: present query.a & query.a != "shop"',
    '204 204: (missing query.a | query.a = "shop")',
  ]);
});

test('a text that is split has as many parts as are there', () => {
  const found = trace(
    shop(`app.get('/', (c) => {
      const said = c.req.header('authorization');
      if (!said) return c.json({ error: 'none' }, 401);
      const parts = said.split(' ');
      if (parts.length !== 2 || parts[0] !== 'Bearer') return c.json({ error: 'other' }, 400);
      if (parts[1] !== process.env.KEY) return c.json({ error: 'wrong' }, 403);
      return c.body(null, 204);
    });`),
    'GET /',
  );
  expect(outcomes(found).map((said) => said.slice(0, said.indexOf(':')))).toEqual([
    'none 401',
    'other 400',
    'wrong 403',
    '204 204',
  ]);
  expect(outcomes(found).at(-1)).toContain('splitPart(headers.authorization, " ", 2) = null');
  // More parts than are looked at are more than two as well.
  expect(outcomes(found).join()).not.toContain('[parts.length');
});

test.each([
  ['/:(.*)/s', '":"'],
  ['/,\\s*/', '","'],
  ['/\\s+/', '" "'],
  ['/[;|]/', '";"'],
])('a text that is split at %s', (pattern, separator) => {
  const found = trace(
    shop(`app.get('/', (c) => {
      const [, key] = (c.req.header('x-key') ?? '').split(${pattern});
      return key ? c.json({ key }) : c.json({ error: 'no_key' }, 400);
    });`),
    'GET /',
  );
  expect(outcomes(found).join()).toContain(`splitPart(headers.x-key, ${separator}, 1)`);
});

test('what is left of a text that is split may be nothing', () => {
  const found = trace(
    shop(`app.get('/', (c) => {
      const [kind, key, ...rest] = (c.req.header('authorization') ?? '').split('.');
      if (rest.length > 0 || !key) return c.json({ error: 'other' }, 400);
      return c.json({ kind }, 200);
    });`),
    'GET /',
  );
  expect(outcomes(found).map((said) => said.slice(0, said.indexOf(':')))).toEqual([
    'other 400',
    '200 200',
  ]);
});

test('a header begins with no blank: there is something before the first one inside', () => {
  const found = trace(
    shop(`app.get('/', (c) => {
      const carried = c.req.header('authorization');
      if (!carried) return c.json({ error: 'none' }, 401);
      const [scheme, token] = carried.split(' ');
      if (!scheme) return c.json({ error: 'blank' }, 401);
      if (!token) return c.json({ error: 'alone' }, 401);
      return c.body(null, 204);
    });`),
    'GET /',
  );
  expect(found.outcomes.map((each) => each.id)).toEqual(['none', 'alone', '204']);
});

test('a schema of a field is not that of the whole', () => {
  const found = trace(
    shop(`
    const Body = z.object({ tags: z.array(z.string()), at: z.object({ x: z.number() }) });
    const isObject = (schema) => schema instanceof z.ZodObject;
    app.get('/', (c) => {
      if (!isObject(Body)) return c.json({ error: 'whole' }, 500);
      if (!(Body.shape.at instanceof z.ZodObject)) return c.json({ error: 'field' }, 500);
      if (Body instanceof z.ZodArray) return c.json({ error: 'other' }, 500);
      return c.body(null, 204);
    });`),
    'GET /',
  );
  expect(found.outcomes.map((each) => each.id)).toEqual(['204']);
});
