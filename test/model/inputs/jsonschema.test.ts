import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const checked = (handler: string) =>
  outcomes(
    trace(
      {
        'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
        'app.ts': `
          import express from 'express';
          import { validate, Validator } from 'jsonschema';
          import { v4 } from 'uuid';
          class Boat {}
          const schema = {
            $id: v4(), type: 'object', properties: { name: { type: 'string' } }, required: ['name'],
          };
          const app = express();
          app.post('/boats', (req, res) => {${handler}});
          app.listen(3000);`,
      },
      'POST /boats',
      express,
    ),
  );

const refused = ['400 400: invalid body', '201 201: valid body'];

test('jsonschema says what does not fit', () => {
  const made = 'const found = validate(req.body, schema);';
  expect(
    checked(`${made} if (!found.valid) return res.sendStatus(400); res.sendStatus(201);`),
  ).toEqual(refused);
  expect(
    checked(`const found = new Validator().validate(req.body, schema);
      if (found.errors.length > 0) return res.sendStatus(400); res.sendStatus(201);`),
  ).toEqual(refused);
});

test('jsonschema throws what it is told to throw', () => {
  expect(
    checked(`try { validate(req.body, schema, { throwError: true }); } catch { return res.sendStatus(400); }
      res.sendStatus(201);`),
  ).toEqual(refused);
});

test('an object filled from the body is checked as the body', () => {
  expect(
    checked(`const boat = new Boat(); Object.assign(boat, req.body);
      if (!validate(boat, schema).valid) return res.sendStatus(400); res.sendStatus(201);`),
  ).toEqual(refused);
});
