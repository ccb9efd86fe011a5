import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { trace } from '../../setup/trace.ts';

const traced = (handler: string, schema = 'schema') =>
  trace(
    {
      'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5', ajv: '8' } }),
      'schema.ts': `
        const text = { type: 'string', minLength: 2 };
        export const schema = { type: 'object', properties: { name: text }, required: ['name'] } as const;`,
      'app.ts': `
        import Ajv from 'ajv';
        import addFormats from 'ajv-formats';
        import express from 'express';
        import { schema } from './schema';
        const ajv = new Ajv({ allErrors: true });
        addFormats(ajv);
        const validate = ajv.compile(${schema});
        const checked = (fits) => (req, res, next) =>
          fits(req.body) ? next() : res.status(422).json({ problems: fits.errors.map((e) => e.message) });
        const app = express();
        ${handler}
        app.listen(3000);`,
    },
    'POST /x',
    express,
  );

const said = ({ outcomes }: ReturnType<typeof traced>) =>
  outcomes.map(({ status, when }) => {
    const is = when.map((each) => (each.kind === 'input' ? each.is : each.kind)).join();
    return `${status} ${is}`;
  });

test.each([
  `app.post('/x', (req, res) => { if (!validate(req.body)) return res.status(422).end(); res.json({}); });`,
  `app.post('/x', checked(validate), (req, res) => { res.json({}); });`,
  `app.post('/x', (req, res) => { res.status(ajv.validate(schema, req.body) ? 200 : 422).end(); });`,
])('a body that does not fit is refused by %s', (handler) => {
  const found = traced(handler);
  expect(said(found).sort()).toEqual(['200 valid', '422 invalid']);
  expect(found.input.body).toMatchObject({
    properties: { name: { type: 'string', minLength: 2 } },
    required: ['name'],
  });
});

test('of a schema that is not written out nothing is known', () => {
  const handler = `app.post('/x', (req, res) => { res.status(validate(req.body) ? 200 : 422).end(); });`;
  expect(said(traced(handler, `JSON.parse(process.env.SCHEMA)`)).sort()).toEqual([
    '200 opaque',
    '422 opaque',
  ]);
});
