import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

test('of two classes that ask for each other the second is not known', () => {
  const found = trace(
    {
      'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
      'app.ts': `
        import express from 'express';
        class Crew { constructor(private harbour: Harbour) {} }
        class Harbour { constructor(private crew: Crew) {} isOpen(at: string) { return at !== 'night'; } }
        class Boats {
          constructor(private harbour: Harbour) {}
          list = (req, res) => (this.harbour.isOpen(req.query.at) ? res.json([]) : res.sendStatus(403));
        }
        const boats = new Boats(undefined as any);
        const app = express();
        app.get('/boats', boats.list);
        app.listen(3000);`,
    },
    'GET /boats',
    express,
  );
  expect(outcomes(found)).toEqual(['200 200: query.at != "night"', '403 403: query.at = "night"']);
});
