import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

const of = (onError: string, rules = '', route = 'POST /boats/:id') =>
  outcomes(
    trace(
      {
        'package.json': JSON.stringify({
          name: 'app',
          dependencies: { express: '4', celebrate: '15' },
        }),
        'app.ts': `
          import express from 'express';
          import { celebrate, errors, isCelebrateError, Joi, Segments } from 'celebrate';
          const app = express();
          app.post('/boats/:id', celebrate({
            [Segments.BODY]: Joi.object().keys({ name: Joi.string().required() }),
            [Segments.PARAMS]: { id: Joi.number().required() },
          }, { abortEarly: false }), (req, res) => res.json({ name: req.body.name }));
          ${rules}
          ${onError}
          app.use((error, req, res, next) => res.status(500).json({ error: 'internal' }));
          app.listen(3000);`,
      },
      route,
      express,
    ),
  );

const VALID = '200 200: valid params & valid body';

test('what celebrate refuses is answered by its own error handler', () => {
  expect(of('app.use(errors());')).toEqual([
    'CelebrateError 400: (invalid body | invalid params)',
    VALID,
  ]);
});

test('without it the app is told which part was refused', () => {
  const own = `app.use((error, req, res, next) => {
    if (!isCelebrateError(error)) return next(error);
    const body = error.details.get('body');
    if (body) return res.status(422).json({ error: 'body', message: body.details[0].message });
    for (const [segment] of error.details.entries()) res.status(404).json({ error: segment });
  });`;
  expect(of(own)).toEqual([
    'body 422: valid params & invalid body',
    'params 404: invalid params',
    VALID,
  ]);
  expect(of('')).toEqual(['internal 500: (invalid body | invalid params)', VALID]);
});

test('before version 13 its errors are asked for by another name', () => {
  const own = `app.use((error, req, res, next) => res.status(isCelebrate(error) ? 422 : 500).json({ error: 'e' }));`;
  expect(of(own.replace('app', "import { isCelebrate } from 'celebrate'; app"))).toEqual([
    'e 422: (invalid body | invalid params)',
    VALID,
  ]);
});

test('a body is only asked for where one is sent', () => {
  const get = `app.get('/', celebrate({ body: Joi.object({ a: Joi.string().required() }) }), (req, res) => res.json({}));`;
  expect(of('', get, 'GET /')).toEqual(['200 200: ']);
});
