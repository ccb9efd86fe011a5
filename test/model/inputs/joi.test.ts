import { ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { joi } from '../../../src/model/inputs/joi.ts';
import { express } from '../../../src/model/readers/express.ts';
import { faultsOf } from '../../../src/plan/request/valid.ts';
import { programOf } from '../../setup/code.ts';
import { trace } from '../../setup/trace.ts';

function read(code: string) {
  const text = `import Joi from 'joi';\nexport const it = ${code};`;
  const program = programOf({ 'it.ts': text });
  const meaning = program.exported('it.ts', 'it');
  const node = meaning?.kind === 'declared' ? meaning.node : undefined;
  if (!node || !ts.isVariableDeclaration(node) || !node.initializer) throw new Error('no it');
  return joi.read(program, 'it.ts', node.initializer);
}

const ID = '00000000-0000-4000-8000-000000000001';
const AB = 'Joi.object({ a: Joi.string().required(), b: Joi.number() })';

test.each<[code: string, taken: readonly unknown[], refused: readonly unknown[]]>([
  ['Joi.any()', ['', 1, {}], []],
  ['Joi.string()', ['a'], ['', 1, null]],
  ["Joi.string().allow('')", ['', 'a'], [null]],
  ["Joi.string().allow('', null).min(2)", ['', null, 'ab'], ['a']],
  ["Joi.string().email().allow('')", ['', 'a@example.com'], ['a']],
  ['Joi.string().allow(null)', ['a', null], ['']],
  ['Joi.string().min(2).max(3)', ['ab', 'abc'], ['a', 'abcd']],
  ['Joi.string().min(0)', ['', 'a'], [null]],
  ['Joi.string().length(2)', ['ab'], ['a', 'abc']],
  ['Joi.string().email()', ['a@example.com'], ['a']],
  ['Joi.string().uri()', ['https://example.test'], ['a']],
  ['Joi.string().guid()', [ID], ['a']],
  ['Joi.string().pattern(/^a/)', ['abc'], ['b']],
  ['Joi.string().alphanum()', ['a1'], ['a-1']],
  ["Joi.string().valid('a', 'b')", ['a', 'b'], ['c', '', null]],
  ["Joi.string().valid('a').allow(null)", ['a', null], ['b']],
  ["Joi.valid('a', 'b')", ['a'], ['c']],
  ["Joi.string().invalid('a')", ['b'], ['a']],
  ['Joi.number()', [1, 1.5, '2'], ['a', null]],
  ['Joi.number().integer().min(1).max(10)', [1, '10'], [0, 11, 1.5]],
  ['Joi.number().positive()', [1], [0, -1]],
  ['Joi.number().greater(1).less(3)', [2], [1, 3]],
  ['Joi.number().port()', [80], [-1, 70000]],
  ['Joi.boolean()', [true, false, 'true'], ['yes', 1, null]],
  ['Joi.boolean().valid(true)', [true], [false]],
  ['Joi.array().items(Joi.string()).min(1)', [['a']], [[], [1], 'a']],
  ['Joi.array().items(Joi.string(), Joi.number()).max(2)', [['a', 1]], [[true], [1, 1, 1]]],
  ['Joi.alternatives().try(Joi.string(), Joi.boolean())', ['a', true], [2, null]],
  ['Joi.object()', [{}, { a: 1 }], ['a']],
  [AB, [{ a: 'a' }, { a: 'a', b: '1' }], [{}, { b: 1 }, { a: 'a', c: 1 }]],
  [`${AB}.unknown()`, [{ a: 'a', c: 1 }], [{ c: 1 }]],
  [`${AB}.options({ allowUnknown: true })`, [{ a: 'a', c: 1 }], [{ c: 1 }]],
  [`${AB}.keys({ c: Joi.boolean() })`, [{ a: 'a', c: true }], [{ a: 'a', c: 1 }]],
  [`${AB}.fork(['a'], (key) => key.optional())`, [{ b: 1 }], [{ c: 1 }]],
  ['Joi.object({ a: { b: Joi.number().required() } })', [{}, { a: { b: 1 } }], [{ a: {} }]],
  ["Joi.object({ a: Joi.string().default('x') })", [{}, { a: 'a' }], [{ a: 1 }]],
  ['Joi.object({}).pattern(/./, Joi.number())', [{ a: 1 }], []],
])('takes what Joi takes of %s', (code, taken, refused) => {
  const schema = read(code);
  expect(schema).not.toBeNull();
  const fits = (value: unknown) => faultsOf(schema ?? {}, value).length === 0;
  expect(taken.filter((value) => !fits(value))).toEqual([]);
  expect(refused.filter(fits)).toEqual([]);
});

const answers = (handler: string, imports = "import Joi from 'joi';") => {
  const traced = trace(
    {
      'package.json': JSON.stringify({ name: 'app', dependencies: { express: '4', joi: '17' } }),
      'app.ts': `
        import express from 'express';
        ${imports}
        const Body = Joi.object({ name: Joi.string().min(2).required(), age: Joi.number() });
        const app = express();
        app.post('/people', ${handler});
        app.listen(3000);`,
    },
    'POST /people',
    express,
  );
  const told = traced.outcomes.map(({ status, when }) => {
    const valid = when.flatMap((each) =>
      each.kind === 'input' && (each.is === 'valid' || each.is === 'invalid')
        ? [`${each.is} ${each.from}`]
        : [],
    );
    return `${status} ${valid.join()}`;
  });
  return { told, body: traced.input.body };
};

test('a handler ends where the error of a validation is answered', () => {
  const { told, body } = answers(`(req, res) => {
    const { error, value } = Body.validate(req.body, { abortEarly: false });
    if (error) return res.status(422).json({ errors: error.details.map((each) => each.message) });
    res.status(201).json({ name: value.name });
  }`);
  expect(told).toEqual(['422 invalid body', '201 valid body']);
  expect(body).toMatchObject({
    properties: { name: { type: 'string', minLength: 2 } },
    required: ['name'],
    additionalProperties: false,
  });
});

test('options of a validation let unknown keys through', () => {
  const { body } = answers(`(req, res) => {
    if (Body.validate(req.body, { stripUnknown: true }).error) return res.status(400).end();
    res.end();
  }`);
  expect(body).not.toHaveProperty('additionalProperties');
});

test.each([
  'await Body.validateAsync(req.body)',
  'Joi.attempt(req.body, Body)',
  'Joi.assert(req.body, Body)',
])('what %s throws is caught', (call) => {
  for (const test of [
    'error instanceof Joi.ValidationError',
    "error.name === 'ValidationError'",
    'Joi.isError(error)',
    'error.isJoi',
  ]) {
    const { told } = answers(`async (req, res) => {
      try {
        ${call};
        res.status(201).end();
      } catch (error) {
        if (${test}) return res.status(400).json({ error: error.details[0].message });
        res.status(500).end();
      }
    }`);
    expect(told).toEqual(['201 valid body', '400 invalid body']);
  }
});

test('a middleware made for a schema refuses before the handler', () => {
  const { told } = answers(
    '[validate(Body), (req, res) => res.status(201).end()]',
    `import Joi from 'joi';
    const validate = (schema) => (req, res, next) => {
      const { error } = schema.validate(req.body);
      if (error) return res.status(400).json({ error: error.message });
      next();
    };`,
  );
  expect(told).toEqual(['400 invalid body', '201 valid body']);
});
