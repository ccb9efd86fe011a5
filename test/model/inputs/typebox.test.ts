import { Type } from '@sinclair/typebox';
import { ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { typebox } from '../../../src/model/inputs/typebox.ts';
import { fastify } from '../../../src/model/readers/fastify.ts';
import { frameworks, libraries, migrations, queries } from '../../../src/model/registry.ts';
import { traceEndpoint } from '../../../src/model/trace/trace-endpoint.ts';
import { programOf } from '../../setup/code.ts';

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
    schema: migrations.read(program, '.'),
    queries,
    frameworks,
    libraries,
    inputSchema: (file, node) => typebox.read(program, file, node),
    noteVariables: () => undefined,
  });
  expect(traced.input.body).toMatchObject({ properties: { name: { minLength: 2 } } });
  expect(traced.outcomes.map(({ status }) => status)).toEqual([400, 400, 200]);
});
