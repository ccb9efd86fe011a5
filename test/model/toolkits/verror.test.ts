import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

/** Boats whose errors know their status, as what is known about them. */
const traced = (handler: string) =>
  outcomes(
    trace(
      {
        'package.json': JSON.stringify({
          name: 'ferry',
          dependencies: { express: '5', verror: '1' },
        }),
        'app.ts': `
          import express from 'express'; import VError from 'verror';
          class Known extends VError {
            static code = 'known'; static status = 500; static text = 'It went wrong.';
            constructor(message = null, options = {}) {
              options.info = { ...(options.info || {}), code: new.target.code, status: new.target.status };
              options.name = new.target.name;
              super(options, message ?? new.target.text);
            }
            info() { return Known.info(this); }
          }
          class Sunk extends Known { static code = 'sunk'; static status = 410; }
          class Full extends Known { static code = 'full'; static status = 409; static text = 'No seats.'; }
          const app = express();
          app.get('/boats/:id', async (req, res) => {${handler} res.json({});});
          app.use((error, req, res, next) => {
            const { status, code } = error instanceof Known ? error.info() : { status: 500, code: error.name };
            res.status(status).json({ error: code, message: error.message, by: VError.cause(error)?.message });
          });
          app.listen(3000);`,
      },
      'GET /boats/:id',
      express,
    ),
  );

test('what an error knows about itself is what its class says', () => {
  const found = traced(`
    if (req.params.id === 'sunk') throw new Sunk('Gone.');
    if (req.params.id === 'full') throw new Full();`);
  expect(found).toEqual([
    'sunk 410: params.id = "sunk"',
    'full 409: params.id = "full"',
    '200 200: params.id != "sunk" & params.id != "full"',
  ]);
});

test('what its cause knows comes before', () => {
  const found = traced(`
    if (req.params.id === 'tow') {
      const error = new VError({ cause: new Sunk('Gone.'), info: { code: 'tow' } }, 'Nobody tows it.');
      res.status(VError.info(error).status).json({ error: VError.info(error).code }); return;
    }`);
  expect(found).toEqual(['tow 410: params.id = "tow"', '200 200: params.id != "tow"']);
});
