import { Type } from '@sinclair/typebox';
import { ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { typebox } from '../../../src/model/inputs/typebox.ts';
import { fastify } from '../../../src/model/readers/fastify.ts';
import { frameworks, libraries, queries } from '../../../src/model/registry.ts';
import { sql } from '../../../src/model/schemas/sql.ts';
import { traceEndpoint } from '../../../src/model/trace/trace-endpoint.ts';
import { programOf } from '../../setup/code.ts';
import { outcomes, trace } from '../../setup/trace.ts';

/** What the reader makes of the expression `it` is set to. */
function read(code: string) {
  const text = `import { Type } from '@sinclair/typebox';\nconst Role = ['a', 'b'];\nexport const it = ${code};`;
  const program = programOf({ 'it.ts': text });
  const meaning = program.exported('it.ts', 'it');
  const node = meaning?.kind === 'declared' ? meaning.node : undefined;
  if (!node || !ts.isVariableDeclaration(node) || !node.initializer) throw new Error('no it');
  return typebox.read(program, 'it.ts', node.initializer);
}

test.each([
  'Type.String()',
  "Type.String({ minLength: 2, maxLength: 9, format: 'email' })",
  'Type.Integer({ minimum: 1 })',
  'Type.Object({ a: Type.String(), b: Type.Optional(Type.Number({ default: 3 })) }, { additionalProperties: false })',
  "Type.Union([Type.Literal('a'), Type.Literal(3), Type.Null()])",
  'Type.Array(Type.Boolean(), { minItems: 1 })',
  'Type.Partial(Type.Object({ a: Type.String() }))',
  "Type.Pick(Type.Object({ a: Type.String(), b: Type.Number() }), ['a'])",
  "Type.Omit(Type.Object({ a: Type.String(), b: Type.Number() }), ['a'])",
  'Type.Composite([Type.Object({ a: Type.String() }), Type.Object({ b: Type.Number() })])',
  'Type.Exclude(Type.Union([Type.Object({ a: Type.String() }), Type.Object({ b: Type.Number() }), Type.Null()]), Type.Object({ b: Type.Number() }))',
  "Type.Exclude(Type.Union([Type.Literal('a'), Type.Literal('b'), Type.Literal('c')]), Type.Union([Type.Literal('a'), Type.Literal('b')]))",
  "Type.Extract(Type.Union([Type.Literal('a'), Type.Literal('b'), Type.Literal(3)]), Type.String())",
  'Type.KeyOf(Type.Object({ a: Type.String(), b: Type.Number() }))',
  "Type.Index(Type.Object({ a: Type.String(), b: Type.Number() }), ['b'])",
])('says of %s what TypeBox does', (code) => {
  const real = new Function('Type', `return ${code}`)(Type);
  expect(read(code)).toEqual(JSON.parse(JSON.stringify(real)));
});

test('a route’s TypeBox schema is what Fastify checks', () => {
  const program = programOf({
    'package.json': JSON.stringify({ name: 'app', dependencies: { fastify: '5' } }),
    'app.ts': `
      import Fastify from 'fastify';
      import { Type } from '@sinclair/typebox';
      const Body = Type.Object({ name: Type.String({ minLength: 2 }) });
      const app = Fastify();
      app.post('/x', { schema: { body: Body } }, async (request) => ({ name: request.body.name }));
      app.listen({ port: 1 });`,
  });
  const [endpoint] = fastify.read(program, '.').endpoints;
  if (!endpoint) throw new Error('no endpoint');
  const traced = traceEndpoint(endpoint, {
    program,
    schema: sql.read(program, '.'),
    queries,
    frameworks,
    libraries,
    inputSchema: (file, node) => typebox.read(program, file, node),
    noteVariables: () => undefined,
  });
  expect(traced.input.body).toMatchObject({ properties: { name: { minLength: 2 } } });
  expect(traced.outcomes.map(({ status }) => status)).toEqual([400, 400, 200]);
});

test('a function that checks by a schema, references beside it or not, tells a valid body from another', () => {
  const manifest = JSON.stringify({ name: 'app', dependencies: { fastify: '5' } });
  const of = (checked: string, route: string) =>
    outcomes(
      trace(
        {
          'package.json': manifest,
          'app.ts': `
            import Fastify from 'fastify';
            import { Type } from '@sinclair/typebox';
            import { Value } from '@sinclair/typebox/value';
            const Named = Type.Object({ name: Type.String() });
            const REFS = [Named];
            const check = (value, schema) => ${checked};
            const app = Fastify();
            const answer = async (request, reply) => {
              if (!check(request.body, Named)) return reply.code(422).send();
              return reply.code(204).send();
            };
            app.get('/x', answer);
            app.put('/x', answer);
            app.listen({ port: 1 });`,
        },
        route,
        fastify,
      ),
    ).filter((said) => !said.includes('malformed'));
  for (const checked of ['Value.Check(schema, value)', 'Value.Check(schema, REFS, value)']) {
    expect(of(checked, 'PUT /x')).toEqual(['422 422: invalid body', '204 204: valid body']);
    expect(of(checked, 'GET /x')).toEqual(['422 422: ']);
  }
  expect(of('(Value.Parse(schema, value), true)', 'PUT /x')).toEqual([
    'TypeBoxError 500: invalid body',
    '204 204: valid body',
  ]);
});

test('JSON that a row holds may not be what a schema asks for', () => {
  const found = outcomes(
    trace(
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { fastify: '5', pg: '8' } }),
        'schema.sql': 'create table secrets (name text primary key, config jsonb);',
        'app.ts': `
          import Fastify from 'fastify';
          import pg from 'pg';
          import { Type } from '@sinclair/typebox';
          import { Value } from '@sinclair/typebox/value';
          const pool = new pg.Pool();
          const Key = Type.Object({ type: Type.Literal('Key'), key: Type.String(), note: Type.Optional(Type.String()) });
          const app = Fastify();
          app.get('/x', async (request, reply) => {
            const { rows: [row] } = await pool.query('select * from secrets where name = $1', ['own']);
            if (!Value.Check(Key, row?.config)) return reply.code(404).send();
            return reply.code(row.config.key === request.headers.key ? 204 : 401).send();
          });
          app.listen({ port: 1 });`,
      },
      'GET /x',
      fastify,
    ),
  );
  expect(found[0]).toBe(
    '404 404: (absent secret | secret.config = null | field(secret.config, "type") != "Key" | field(secret.config, "key") = null)',
  );
  expect(found[1]).toContain('field(secret.config, "type") = "Key"');
});
