import { ts } from 'ts-morph';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { valibot } from '../../../src/model/inputs/valibot.ts';
import { hono } from '../../../src/model/readers/hono.ts';
import { frameworks, libraries, queries } from '../../../src/model/registry.ts';
import { sql } from '../../../src/model/schemas/sql.ts';
import { traceEndpoint } from '../../../src/model/trace/trace-endpoint.ts';
import { faultsOf } from '../../../src/plan/request/valid.ts';
import { programOf } from '../../setup/code.ts';

function read(code: string) {
  const text = `import * as v from 'valibot';\nexport const it = ${code};`;
  const program = programOf({ 'it.ts': text });
  const meaning = program.exported('it.ts', 'it');
  const node = meaning?.kind === 'declared' ? meaning.node : undefined;
  if (!node || !ts.isVariableDeclaration(node) || !node.initializer) throw new Error('no it');
  return valibot.read(program, 'it.ts', node.initializer);
}

const VALUES: readonly unknown[] = [
  '',
  'a',
  'abc',
  'person@example.test',
  '00000000-0000-4000-8000-000000000001',
  0,
  1,
  2.5,
  11,
  true,
  null,
  [],
  ['a'],
  {},
  { a: 'abc' },
  { a: 'abc', b: 2 },
  { a: 3 },
  { a: 'abc', c: 1 },
];

test.each([
  'v.string()',
  'v.pipe(v.string(), v.minLength(2), v.maxLength(5))',
  'v.pipe(v.string(), v.email())',
  'v.pipe(v.string(), v.uuid())',
  'v.pipe(v.string(), v.regex(/^a/))',
  'v.pipe(v.string(), v.nonEmpty())',
  'v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10))',
  'v.boolean()',
  "v.picklist(['a', 'abc'])",
  "v.literal('a')",
  'v.nullable(v.string())',
  'v.union([v.string(), v.boolean()])',
  'v.array(v.string())',
  'v.object({ a: v.string(), b: v.optional(v.number()) })',
  'v.strictObject({ a: v.string() })',
  'v.partial(v.object({ a: v.string() }))',
  "v.pick(v.object({ a: v.string(), b: v.number() }), ['a'])",
  "v.omit(v.object({ a: v.string(), b: v.number() }), ['b'])",
])('takes what Valibot takes of %s', (code) => {
  const schema = read(code);
  const real = new Function('v', `return ${code}`)(v);
  // Valibot takes a list where an object without required keys is asked for; a request says an object.
  const values = VALUES.filter((value) => !(/partial/.test(code) && Array.isArray(value)));
  const wrong = values.filter(
    (value) => v.safeParse(real, value).success !== (faultsOf(schema ?? {}, value).length === 0),
  );
  expect(schema).not.toBeNull();
  expect(wrong).toEqual([]);
});

test('handlers that parse with its functions end where a schema refuses', () => {
  const program = programOf({
    'package.json': JSON.stringify({ name: 'app', dependencies: { hono: '4' } }),
    'app.ts': `
      import { Hono } from 'hono';
      import * as v from 'valibot';
      import { object, string, parse } from 'valibot';
      const Body = v.object({ name: v.pipe(v.string(), v.minLength(2)) });
      const app = new Hono();
      app.post('/safe', async (c) => {
        const result = v.safeParse(Body, await c.req.json());
        if (!result.success) return c.json({ error: 'invalid', issues: result.issues.length }, 422);
        return c.json({ name: result.output.name });
      });
      app.post('/hard', async (c) => {
        const { name } = parse(object({ name: string() }), await c.req.json());
        return c.json({ name });
      });
      export default app;`,
  });
  const traced = hono.read(program, '.').endpoints.map((endpoint) =>
    traceEndpoint(endpoint, {
      program,
      schema: sql.read(program, '.'),
      queries,
      frameworks,
      libraries,
      inputSchema: (file, node) => valibot.read(program, file, node),
      noteVariables: () => undefined,
    }),
  );
  expect(traced[0]?.outcomes.map(({ id, status }) => `${id} ${status}`)).toEqual([
    'invalid 422',
    '200 200',
  ]);
  expect(traced[0]?.input.body).toMatchObject({ properties: { name: { minLength: 2 } } });
  expect(traced[1]?.outcomes.map(({ status }) => status)).toEqual([500, 200]);
});
