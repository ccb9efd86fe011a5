import { ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { yup } from '../../../src/model/inputs/yup.ts';
import { express } from '../../../src/model/readers/express.ts';
import { faultsOf } from '../../../src/plan/request/valid.ts';
import { programOf } from '../../setup/code.ts';
import { trace } from '../../setup/trace.ts';

function read(code: string) {
  const text = `import * as yup from 'yup';\nexport const it = ${code};`;
  const program = programOf({ 'it.ts': text });
  const meaning = program.exported('it.ts', 'it');
  const node = meaning?.kind === 'declared' ? meaning.node : undefined;
  if (!node || !ts.isVariableDeclaration(node) || !node.initializer) throw new Error('no it');
  return yup.read(program, 'it.ts', node.initializer);
}

const AB = 'yup.object({ a: yup.string().required(), b: yup.number() })';
const INNER = 'yup.object({ b: yup.string().required() })';

test.each<[code: string, taken: readonly unknown[], refused: readonly unknown[]]>([
  ['yup.string()', ['', 'a', 1], [null, {}]],
  ['yup.string().required()', ['a'], ['', null]],
  ['yup.string().nullable()', ['', null], [{}]],
  ['yup.string().min(2).max(3)', ['ab'], ['', 'abcd']],
  ['yup.string().email()', ['a@example.test'], ['a']],
  ['yup.string().matches(/^a/)', ['a'], ['b', '']],
  ["yup.string().oneOf(['a'])", ['a'], ['b', null]],
  ["yup.mixed().oneOf(['a', 1])", ['a', 1], ['b']],
  ['yup.number()', [1, '1'], ['a', null]],
  ['yup.number().integer().min(1).moreThan(1)', [2], [1, 1.5, 0]],
  ['yup.boolean()', [true, 'true'], ['yes', null]],
  ['yup.array().of(yup.string().required()).min(1)', [['a']], [[], [''], 'a']],
  ['yup.array(yup.number())', [[], [1]], [['a']]],
  ['yup.object()', [{}, { a: 1 }], ['a']],
  [AB, [{ a: 'a' }, { a: 'a', b: 1, c: 1 }], [{}, { b: 1 }, null]],
  [`${AB}.exact()`, [{ a: 'a' }], [{ a: 'a', c: 1 }]],
  [`${AB}.pick(['b'])`, [{}, { b: 1 }], [{ b: 'b' }]],
  [`${AB}.shape({ c: yup.boolean().required() })`, [{ a: 'a', c: true }], [{ a: 'a' }]],
  [`yup.object({ a: ${INNER} })`, [{ a: { b: 'b' } }], [{}, { a: {} }]],
  [`yup.object({ a: ${INNER}.nullable() })`, [{ a: null }], [{ a: {} }]],
  ["yup.object({ a: yup.string().default('x').required() })", [{}], [{ a: '' }]],
])('takes what yup takes of %s', (code, taken, refused) => {
  const schema = read(code);
  expect(schema).not.toBeNull();
  const fits = (value: unknown) => faultsOf(schema ?? {}, value).length === 0;
  expect(taken.filter((value) => !fits(value))).toEqual([]);
  expect(refused.filter(fits)).toEqual([]);
});

const answers = (handler: string) => {
  const traced = trace(
    {
      'package.json': JSON.stringify({ name: 'app', dependencies: { express: '4', yup: '1' } }),
      'app.ts': `
        import express from 'express';
        import * as yup from 'yup';
        const Body = yup.object().shape({ name: yup.string().min(2).required() });
        const app = express();
        app.post('/people', ${handler});
        app.listen(3000);`,
    },
    'POST /people',
    express,
  );
  const told = traced.outcomes.map(({ status, when }) => {
    const valid = when.flatMap((each) =>
      each.kind === 'input' && (each.is === 'valid' || each.is === 'invalid') ? [each.is] : [],
    );
    return `${status} ${valid.join()}`;
  });
  return { told, body: traced.input.body };
};

test.each([
  ['await Body.validate(req.body)', 'error instanceof yup.ValidationError'],
  ['Body.validateSync(req.body)', "error.name === 'ValidationError'"],
])('what %s throws is caught by %s', (call, isRefused) => {
  const { told, body } = answers(`async (req, res) => {
    try {
      const { name } = ${call};
      res.status(201).json({ name });
    } catch (error) {
      if (${isRefused}) return res.status(422).json({ errors: error.errors });
      res.status(500).end();
    }
  }`);
  expect(told).toEqual(['201 valid', '422 invalid']);
  expect(body).toMatchObject({ properties: { name: { minLength: 2 } }, required: ['name'] });
});

test.each(['await Body.isValid(req.body)', 'Body.isValidSync(req.body)'])('%s tells', (call) => {
  const { told } = answers(`async (req, res) => {
    if (!(${call})) return res.status(400).end();
    res.status(201).end();
  }`);
  expect(told).toEqual(['400 invalid', '201 valid']);
});

test('a rejected validation is caught as a promise', () => {
  const { told } = answers(`(req, res) => {
    Body.validate(req.body)
      .then(() => res.status(201).end())
      .catch((error) => res.status(400).json({ message: error.message }));
  }`);
  expect(told).toEqual(['201 valid', '400 invalid']);
});
