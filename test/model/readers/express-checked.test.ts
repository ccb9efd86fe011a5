import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const traced = (parts: string, schema: string, route = 'POST /boats/:id') => {
  const [method = '', path = ''] = route.split(' ');
  return trace(
    {
      'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5', zod: '4' } }),
      'app.ts': `
        import express from 'express';
        import { z } from 'zod';
        const app = express();
        const check = (schema) => (req, res, next) => {
          const parsed = schema.safeParse(${parts});
          if (!parsed.success) return res.status(422).json({ error: 'invalid' });
          next();
        };
        app.${method.toLowerCase()}('${path}', check(${schema}), (req, res) => res.status(204).end());
        app.listen(3000);`,
    },
    route,
    express,
  );
};

test('parts of the request under names have each what the schema says of its name', () => {
  const found = traced(
    '{ body: req.body, query: req.query, params: req.params }',
    'z.object({ body: z.object({ name: z.string() }), params: z.object({ id: z.uuid() }) })',
  );
  expect(outcomes(found)).toEqual([
    'invalid 422: (invalid body | invalid params)',
    '204 204: valid body & valid params',
  ]);
  expect(found.input.body).toMatchObject({ required: ['name'] });
  expect(found.input.params).toMatchObject({ properties: { id: { format: 'uuid' } } });
  expect(found.input.query).toBeNull();
});

test('parts laid over each other are asked for where a field is sent', () => {
  const schema = 'z.object({ name: z.string(), id: z.uuid() })';
  const parts = '{ ...req.params, ...req.query, ...req.body }';
  const posted = traced(parts, schema);
  expect(outcomes(posted)).toEqual([
    'invalid 422: (invalid params | invalid body)',
    '204 204: valid params & valid body',
  ]);
  expect(posted.input.body).toMatchObject({ required: ['name'] });
  const asked = traced(parts, schema, 'GET /boats/:id');
  expect(asked.input).toMatchObject({ body: null, query: { required: ['name'] } });
});
