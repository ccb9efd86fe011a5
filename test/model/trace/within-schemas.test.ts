import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const codes = (body: string) =>
  outcomes(trace(shop(`app.post('/', async (c) => {${body}});`), 'POST /')).map((each) =>
    each.replace(/:.*/s, ''),
  );

const FILTERS = `const filter = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), operator: z.enum(['=', 'contains']), value: z.string() }),
  z.object({ type: z.literal('number'), operator: z.enum(['=', '>']), value: z.number().min(1) }),
  z.object({ type: z.literal('none') }),
]);
const body = z.object({ filters: z.array(filter), sort: z.enum(['asc', 'desc']), note: z.string().optional() })
  .parse(await c.req.json());`;

test('a member of a union that its tag tells has the operators and fields of that member', () => {
  expect(
    codes(`${FILTERS}
      for (const one of body.filters) {
        switch (one.type) {
          case 'text':
            if (one.operator === '>') return c.json({ error: 'never' }, 409);
            if (one.operator === '=') return c.json({ error: 'exact' }, 409);
            if (one.operator !== 'contains') return c.json({ error: 'operator' }, 409);
            break;
          case 'number':
            if (one.value === undefined) return c.json({ error: 'valueless' }, 409);
            break;
          case 'none':
            break;
          default:
            return c.json({ error: 'type' }, 409);
        }
      }
      return c.body(null, 204);`),
  ).toEqual(['ZodError 500', 'exact 409', '204 204']);
});

test('a field that may be left out is missing, one of a list is no other', () => {
  expect(
    codes(`${FILTERS}
      if (body.note === undefined) return c.json({ error: 'noteless' }, 409);
      if (body.sort !== 'asc' && body.sort !== 'desc') return c.json({ error: 'sort' }, 409);
      if (body.sort === 'up') return c.json({ error: 'up' }, 409);
      return c.body(null, 204);`),
  ).toEqual(['ZodError 500', 'noteless 409', '204 204']);
});

test('what was not validated may be anything', () => {
  expect(
    codes(`const body = await c.req.json();
      if (body.sort !== 'asc' && body.sort !== 'desc') return c.json({ error: 'sort' }, 409);
      return c.body(null, 204);`),
  ).toEqual(['sort 409', '204 204']);
});

test('elements that a filter leaves are none of the others', () => {
  expect(
    codes(`${FILTERS}
      const asked = body.filters.filter((each) => each.type !== 'none');
      asked.forEach((each) => {
        if (each.type === 'none') throw new HTTPException(409, { message: 'none' });
        if (each.type === 'text') throw new HTTPException(411, { message: 'text' });
      });
      return c.body(null, 204);`),
  ).toEqual(['ZodError 500', 'text 411', '204 204']);
});

test('a column of an enum type is one of its labels', () => {
  expect(
    codes(`const [order] = await db.select().from(orders).limit(1);
      if (!order) return c.json({ error: 'none' }, 404);
      if (order.status === 'pending') return c.json({ error: 'pending' }, 409);
      if (order.status !== 'paid' && order.status !== 'cancelled') return c.json({ error: 'other' }, 409);
      return c.body(null, 204);`),
  ).toEqual(['none 404', 'pending 409', '204 204']);
});

test('what a schema has found valid it finds valid again', () => {
  expect(
    codes(`const list = z.array(z.object({ id: z.string() }));
      const body = z.object({ list: list.nullable() }).parse(await c.req.json());
      if (!body.list) return c.body(null, 204);
      const again = list.safeParse(body.list);
      if (!again.success) return c.json({ error: 'never' }, 409);
      return c.json({ list: 1 });`),
  ).toEqual(['ZodError 500', '204 204', '200 200']);
});

test('a switch over what a schema lists never gets to its default', () => {
  expect(
    codes(`const config = z.object({ plan: z.enum(['a', 'b']).optional() });
      const [user] = await db.select().from(users).limit(1);
      if (!user) return c.json({ error: 'none' }, 404);
      const { data } = config.safeParse(user.role);
      if (!data?.plan) return c.json({ error: 'planless' }, 409);
      switch (data.plan) {
        case 'a':
          return c.json({ error: 'a' }, 409);
        case 'b':
          return c.body(null, 204);
        default:
          throw new Error('Unhandled plan ' + data.plan);
      }`),
  ).toEqual(['none 404', 'planless 409', 'a 409', '204 204']);
});

test('an object that is written out has the properties of its own that are written there', () => {
  expect(
    codes(`const has = (given: object) => Object.prototype.hasOwnProperty.call(given, 'role');
      if (has({ session: 1 })) return c.json({ error: 'never' }, 409);
      if (!Object.hasOwn({ role: 'x' }, 'role')) return c.json({ error: 'nor this' }, 409);
      return c.body(null, 204);`),
  ).toEqual(['204 204']);
});

test('a list may have another element for each question, or none', () => {
  expect(
    codes(`${FILTERS}
      if (body.filters.some((each) => each.operator === '>') && body.filters.some((each) => each.type === 'text'))
        return c.json({ error: 'both' }, 409);
      return c.body(null, 204);`),
  ).toContain('both 409');
  expect(
    codes(`${FILTERS}
      const none = body.filters.find((each) => each.type === 'none');
      const texts = body.filters.filter((each) => each.type === 'text');
      if (none && texts.some((each) => each.value === 'x')) return c.json({ error: 'both' }, 409);
      return c.body(null, 204);`),
  ).toContain('both 409');
  expect(
    codes(`const { tags } = z.object({ tags: z.array(z.object({ kind: z.enum(['sale']) })) }).parse(await c.req.json());
      for (const tag of tags) if (tag.kind === 'sale') return c.json({ error: 'sale' }, 409);
      return c.body(null, 204);`),
  ).toEqual(['ZodError 500', 'sale 409', '204 204']);
});

test('an empty text is one, and counts as missing', () => {
  expect(
    codes(`const schema = z.object({ name: z.string(), title: z.string().min(1), kind: z.enum(['', 'sale']), token: z.string().startsWith('tok_') });
      const body = schema.parse(await c.req.json());
      if (!body.name) return c.json({ error: 'nameless' }, 409);
      if (!body.title) return c.json({ error: 'untitled' }, 409);
      if (!body.token) return c.json({ error: 'tokenless' }, 409);
      if (!body.kind) return c.json({ error: 'kindless' }, 409);
      return c.body(null, 204);`),
  ).toEqual(['ZodError 500', 'nameless 409', 'kindless 409', '204 204']);
});

test('what was sent has more than what a parser leaves of it, and no defaults', () => {
  expect(
    codes(`const sent = await c.req.json();
      z.object({ sort: z.string().default('asc') }).parse(sent);
      if (sent.more === 'x') return c.json({ error: 'more' }, 409);
      if (sent.sort === undefined) return c.json({ error: 'unsorted' }, 409);
      return c.body(null, 204);`),
  ).toEqual(['ZodError 500', 'more 409', 'unsorted 409', '204 204']);
});

test('each way through has the schema that is asked there', () => {
  expect(
    codes(`const sent = await c.req.json();
      if (c.req.query('old')) {
        const { plan } = z.object({ plan: z.enum(['a', 'b']) }).parse(sent);
        if (plan === 'a') return c.json({ error: 'a' }, 409);
      } else {
        const { plan } = z.object({ plan: z.enum(['x', 'y']) }).parse(sent);
        if (plan === 'x') return c.json({ error: 'x' }, 410);
      }
      return c.body(null, 204);`),
  ).toEqual(expect.arrayContaining(['a 409', 'x 410', '204 204']));
});

test('what a transformation makes of listed values is none of them', () => {
  expect(
    codes(`const { plan } = z.object({ plan: z.enum(['a', 'b']).transform((each) => each + '1') }).parse(await c.req.json());
      switch (plan) {
        case 'a':
        case 'b':
          return c.json({ error: 'listed' }, 409);
        default:
          return c.body(null, 204);
      }`),
  ).toContain('204 204');
});

test('what one schema refuses another may still take', () => {
  const body = 'const sent = await c.req.json();';
  expect(
    codes(`${body}
      const one = z.object({ kind: z.literal('boat'), name: z.string() }).safeParse(sent);
      if (one.success) return c.json({ boat: one.data.name }, 201);
      const other = z.object({ kind: z.literal('dock') }).parse(sent);
      return c.json({ dock: other.kind }, 200);`),
  ).toEqual(['201 201', 'ZodError 500', '200 200']);
});

const SIZED = `const body = z.object({
  name: z.string().min(4).max(50), seats: z.number().int().min(1), tags: z.array(z.string()).max(3), note: z.string().max(9).optional(),
}).parse(await c.req.json());`;

test.each([
  ['body.name.length < 2 || body.name.length > 50', false],
  ['body.name.length <= 4', true],
  ['body.name.length < 5 && body.name.length > 4', false],
  ['body.seats < 1', false],
  ['body.seats > 1', true],
  ['body.tags.length > 3', false],
  ['body.tags.length === 3', true],
  ['!(body.note?.length <= 9)', true],
])('lengths and numbers a schema takes: %s can be %s', (condition, can) => {
  const found = codes(
    `${SIZED} if (${condition}) return c.json({ error: 'odd' }, 409); return c.body(null, 204);`,
  );
  expect(found.includes('odd 409')).toBe(can);
});

test('what one part is asked anew leaves the others as they were asked', () => {
  const found = codes(`${SIZED}
    z.number().max(4).parse(body.seats);
    if (body.name.length < 2) return c.json({ error: 'short' }, 409);
    if (body.seats < 1) return c.json({ error: 'seatless' }, 409);
    return c.body(null, 204);`);
  expect(found).not.toContain('short 409');
  expect(found).toContain('seatless 409');
});
