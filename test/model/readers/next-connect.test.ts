import { expect, test } from 'vitest';
import { toldEndings } from '../../setup/told-endings.ts';

const endings = (version: string, texts: Readonly<Record<string, string>>) => {
  const dependencies = { next: '13', react: '18', 'next-connect': version, express: '4' };
  return toldEndings({ 'package.json': JSON.stringify({ name: 'app', dependencies }), ...texts });
};

test('a router inside an API route answers by method, its paths being the file’s', () => {
  expect(
    endings('^1.0.0', {
      'pages/api/boats/[id].ts': `
        import { createRouter } from 'next-connect';
        const router = createRouter<Req, Res>();
        router
          .use(async (req, res, next) => {
            if (!req.headers['x-key']) return res.status(401).json({ code: 'no_key' });
            return next();
          })
          .get((req, res) => {
            if (req.query.id === 'old') return res.redirect('/boats');
            res.json({});
          })
          .put(async (req, res) => {
            if (!req.body.name) throw new Error('no name');
            res.status(204).end();
          });
        export default router.handler({
          onError: (error, req, res) => res.status(422).json({ code: 'refused' }),
        });`,
    }),
  ).toEqual([
    'GET /api/boats/:id › respond 401 no_key: missing headers.x-key',
    'GET /api/boats/:id › redirect 307 /boats: present headers.x-key, input',
    'GET /api/boats/:id › respond 200: present headers.x-key, input',
    'PUT /api/boats/:id › throw 400: malformed body',
    'PUT /api/boats/:id › respond 401 no_key: missing headers.x-key',
    'PUT /api/boats/:id › throw 422 refused: present headers.x-key, invalid body',
    'PUT /api/boats/:id › throw 422 refused: present headers.x-key, missing body.name',
    'PUT /api/boats/:id › respond 204: present headers.x-key, present body.name',
  ]);
});

test('a router of Express below one of version 0 says its own paths, and errors go out to onError', () => {
  expect(
    endings('^0.13.0', {
      'server/connect.ts': `
        import nextConnect from 'next-connect';
        const onError = (error, req, res, _) => res.status(error.status || 500).json({ code: error.code });
        export default function connect() { return nextConnect({ onError, onNoMatch: () => undefined }); }`,
      'server/crews.ts': `
        import { Router } from 'express';
        const crews = Router();
        const prefix = '/api/crews';
        const known = () => (req, res, next) =>
          req.headers['x-key'] ? next() : next(Object.assign(new Error('no'), { status: 403, code: 'unknown' }));
        crews.get(\`\${prefix}\`, (req, res) => res.json([]));
        crews.post(\`\${prefix}/:id/mates\`, known(), (req, res) => res.status(201).json({ id: req.params.id }));
        crews.get('/api/elsewhere', (req, res) => res.json({}));
        export default crews;`,
      'pages/api/crews/[[...slug]].ts': `
        import connect from '../../../server/connect';
        import crews from '../../../server/crews';
        export default connect().use(crews as any);`,
    }),
  ).toEqual([
    'GET /api/crews › respond 200: ',
    'POST /api/crews/:id/mates › throw 400: malformed body',
    'POST /api/crews/:id/mates › throw 403 unknown: missing headers.x-key',
    'POST /api/crews/:id/mates › respond 201: present headers.x-key',
  ]);
});
