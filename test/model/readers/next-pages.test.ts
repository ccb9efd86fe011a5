import { describe, expect, test } from 'vitest';
import { next as reader } from '../../../src/model/readers/next.ts';
import { programOf } from '../../setup/code.ts';
import { nextRoutes, written } from '../../setup/next-types.ts';
import { toldEndings } from '../../setup/told-endings.ts';

const MANIFEST = JSON.stringify({
  name: 'app',
  dependencies: { next: '16', react: '19', 'react-dom': '19', 'drizzle-orm': '0.45' },
});
const PAGE = 'export default function Page() { return <p>Page</p>; }';
const API = 'export default function handler(req, res) { res.status(200).json({ ok: true }); }';
const SCHEMA = `
  import { pgTable, integer, boolean } from 'drizzle-orm/pg-core';
  export const boats = pgTable('boats', { id: integer().primaryKey(), open: boolean().notNull() });`;
const DB = `
  import { drizzle } from 'drizzle-orm/node-postgres';
  import * as schema from './schema';
  export const db = drizzle(process.env.DATABASE_URL!, { schema });`;

function routes(texts: Readonly<Record<string, string>>): string[] {
  const program = programOf({ 'package.json': MANIFEST, ...texts });
  const { endpoints } = reader.read(program, '.');
  return endpoints.map(({ method, path, kind = 'http' }) => `${kind} ${method} ${path}`);
}

const FILES = {
  'pages/index.tsx': PAGE,
  'pages/_app.tsx':
    'export default function App({ Component, pageProps }) { return <Component {...pageProps} />; }',
  'pages/404.tsx': PAGE,
  'pages/boats/index.tsx': PAGE,
  'pages/boats/[id].tsx': PAGE,
  'pages/boats/[id]/crew.tsx': PAGE,
  'pages/docs/[...path].tsx': PAGE,
  'pages/files/[[...path]].tsx': PAGE,
  'pages/api/boats/[id].ts': API,
  'pages/api/rest/[...all].ts': API,
  'pages/api/feed.xml.ts': API,
};

const endings = (texts: Readonly<Record<string, string>>) =>
  toldEndings({ 'package.json': MANIFEST, 'schema.ts': SCHEMA, 'db.ts': DB, ...texts });

describe('files', () => {
  test('are the routes Next.js finds itself', { timeout: 60_000 }, () => {
    const texts = { 'package.json': MANIFEST, ...FILES };
    const pages = routes(texts).filter((route) => route.startsWith('page'));
    const found = pages.map((route) => `old ${route.split(' ')[2]}`);
    const theirs = nextRoutes(written(texts)).filter((route) => !/^old \/(404|_)/.test(route));
    expect(found.sort()).toEqual(theirs);
  });

  test('stand behind a base path, end as the settings say, and live beside the app folder', () => {
    const config = "export default { basePath: '/shop', pageExtensions: ['page.tsx', 'api.ts'] };";
    expect(
      routes({
        'next.config.ts': config,
        'src/pages/index.page.tsx': PAGE,
        'src/pages/helper.tsx': PAGE,
        'src/pages/api/boats.api.ts': API,
      }),
    ).toEqual(['page GET /shop', 'http ALL /shop/api/boats']);
    expect(routes({ 'app/new/page.tsx': PAGE, 'pages/old.tsx': PAGE })).toEqual([
      'page GET /new',
      'page GET /old',
    ]);
  });

  test('an API route answers the methods it tells apart', () => {
    expect(
      routes({
        'pages/api/a.ts': `
          export default async function handler(req, res) {
            switch (req.method) { case 'GET': return res.json({}); case 'PUT': return res.json({}); }
            res.status(405).end();
          }`,
        'pages/api/b.ts': `
          const handlers = { POST: create, DELETE: remove };
          export default (req, res) => handlers[req.method](req, res);`,
        'pages/api/c.ts': `
          export default function handler(req, res) {
            if (req.method !== 'POST') return res.status(405).end();
            res.json({});
          }`,
        'lib/handle.ts': `
          const table = { 'GET /': list, 'PUT /[id]': change };
          export default async function handle(req, res) {
            const key = \`\${req.method} \${req.query.id ? '/[id]' : '/'}\`;
            const handler = table[key as keyof typeof table];
            return handler ? handler(req, res) : res.status(405).end();
          }`,
        'pages/api/d.ts': `
          import handle from '../../lib/handle';
          export default async function handler(req, res) { return handle(req, res); }`,
        'lib/answer.ts': `
          export const answer = async (req, res, handlers) => {
            const handler = handlers[req.method];
            if (!handler) return res.status(405).end();
            await handler(req, res);
          };`,
        'pages/api/e.ts': `
          import { answer } from '../../lib/answer';
          export default async function handler(req, res) {
            await answer(req, res, { POST: create, DELETE: remove });
          }`,
        'lib/kept.ts': `
          const handler = async (req, res) => {
            const { method } = req;
            switch (method) { case 'GET': return res.json({}); default: res.status(405).end(); }
          };
          export default handler;`,
        'pages/api/f.ts': `export { default } from '../../lib/kept';`,
        'lib/allowed.ts': `
          export const allowed = (handler, options = { methods: ['GET', 'OPTIONS'] }) => (req, res) =>
            options.methods.includes(req.method) ? handler(req, res) : res.status(405).end();`,
        'pages/api/g.ts': `
          import { allowed } from '../../lib/allowed';
          export default allowed((req, res) => res.json({}));`,
        'pages/api/h.ts': `
          import { allowed } from '../../lib/allowed';
          export default allowed((req, res) => res.json({}), { methods: ['PATCH'] });`,
        'lib/wrap.ts': `
          export const wrap = (handlers) => (req, res) => {
            const method = req.method as Method;
            if (!handlers[method]) return res.status(405).end();
            return { ...{ GET: none, PUT: none }, ...handlers }[method](req, res);
          };`,
        'lib/route.ts': `
          export function route() {
            const handlers = {};
            const builder = {};
            for (const method of ['GET', 'POST']) {
              builder[method] = (options) => ({
                handler: (handler) => { handlers[method] = { options, handler }; return builder; },
              });
            }
            builder.toHandler = () => (req, res) => handlers[req.method].handler(req, res);
            return builder;
          }`,
        'pages/api/j.ts': `
          import { route } from '../../lib/route';
          export default route().GET({}).handler(list).POST({}).handler(create).toHandler();`,
        'pages/api/l.ts': `
          import { client } from '../../lib/client';
          export default async function handler(req, res) {
            await client.POST('/boats', { GET: 1, other: 2 });
            res.json({});
          }`,
        'pages/api/k.ts': `
          import { wrap } from '../../lib/wrap';
          const api: Api = { url: '/k', GET: { auth: true, handle: list }, DELETE: { handle: remove } };
          export default wrap(api);`,
        'pages/api/i.ts': `
          import { wrap } from '../../lib/wrap';
          export default wrap({ GET: (req, res) => res.json({}), PUT: (req, res) => res.json({}) });`,
      }),
    ).toEqual([
      'http GET /api/a',
      'http PUT /api/a',
      'http POST /api/b',
      'http DELETE /api/b',
      'http POST /api/c',
      'http GET /api/d',
      'http PUT /api/d',
      'http POST /api/e',
      'http DELETE /api/e',
      'http GET /api/f',
      'http GET /api/g',
      'http PATCH /api/h',
      'http GET /api/i',
      'http PUT /api/i',
      'http POST /api/j',
      'http GET /api/j',
      'http GET /api/k',
      'http DELETE /api/k',
      'http ALL /api/l',
    ]);
  });
});

test('an API route answers through its response, behind the middleware', () => {
  expect(
    endings({
      'middleware.ts': `
        import { NextResponse } from 'next/server';
        export function middleware(request) {
          if (!request.headers.get('x-key')) return NextResponse.json({ error: 'no_key' }, { status: 401 });
          return NextResponse.next();
        }
        export const config = { matcher: '/api/:path*' };`,
      'pages/api/boats/[id].ts': `
        import { eq } from 'drizzle-orm';
        import { db } from '../../../db';
        import { boats } from '../../../schema';
        export default async function handler(req, res) {
          switch (req.method) {
            case 'GET': {
              const [boat] = await db.select().from(boats).where(eq(boats.id, Number(req.query.id)));
              if (!boat) return res.status(404).json({ error: 'not_found' });
              return req.query.page ? res.redirect('/boats') : res.status(200).json({ id: boat.id });
            }
            case 'PATCH':
              if (!req.body.name) return res.status(422).json({ error: 'no_name' });
              return res.status(204).end();
            default:
              return res.status(405).end();
          }
        }`,
    }),
  ).toEqual([
    'GET /api/boats/:id › respond 401 no_key: missing headers.x-key',
    'GET /api/boats/:id › respond 404 not_found: present headers.x-key, absent boat',
    'GET /api/boats/:id › redirect 307 /boats: present headers.x-key, exists boat, present query.page',
    'GET /api/boats/:id › respond 200: present headers.x-key, exists boat, missing query.page',
    'PATCH /api/boats/:id › respond 401 no_key: missing headers.x-key',
    'PATCH /api/boats/:id › throw 400: present headers.x-key, malformed body',
    'PATCH /api/boats/:id › respond 422 no_name: present headers.x-key, missing body.name',
    'PATCH /api/boats/:id › respond 204: present headers.x-key, present body.name',
  ]);
});

describe('pages', () => {
  const boat = (more: string) => `
    import { eq } from 'drizzle-orm';
    import { db } from '../../db';
    import { boats } from '../../schema';
    export default function Boat({ boat, count }) {
      return <main>{boat.open ? 'Open' : 'Closed'}</main>;
    }
    ${more}`;
  const around = {
    'pages/_app.tsx': `
      export default function App({ Component, pageProps }) {
        const getLayout = Component.getLayout ?? ((page) => page);
        return <div><h1>Harbour</h1>{getLayout(<Component {...pageProps} />)}</div>;
      }`,
    'pages/404.tsx': 'export default function NotFound() { return <p>No such thing</p>; }',
  };

  test('show what the server gives them, inside the app, or lead away', () => {
    expect(
      endings({
        ...around,
        'pages/boats/[id].tsx': boat(`
          export async function getServerSideProps({ params, query, res }) {
            if (query.old) return { redirect: { destination: '/boats', permanent: true } };
            const [boat] = await db.select().from(boats).where(eq(boats.id, Number(params.id)));
            if (!boat) return { notFound: true };
            if (query.later) return { redirect: { destination: '/later', statusCode: 303 } };
            res.statusCode = 203;
            return { props: { boat } };
          }`),
      }),
    ).toEqual([
      'PAGE /boats/:id › redirect 308 /boats: present query.old',
      'PAGE /boats/:id › render 404 [Harbour, No such thing]: missing query.old, absent boat',
      'PAGE /boats/:id › redirect 303 /later: missing query.old, exists boat, present query.later',
      'PAGE /boats/:id › render 203 [Open, Harbour]: missing query.old, exists boat, missing query.later, compare',
      'PAGE /boats/:id › render 203 [Closed, Harbour]: missing query.old, exists boat, missing query.later, compare',
    ]);
  });

  test('read what the app provides, and are shown where it shows them', () => {
    expect(
      endings({
        ...around,
        'lib/harbour.tsx': `
          import { createContext, useContext } from 'react';
          const Harbour = createContext(null);
          export const HarbourProvider = ({ children, name }) => <Harbour.Provider value={name}>{children}</Harbour.Provider>;
          export const useHarbour = () => {
            const name = useContext(Harbour);
            if (!name) throw new Error('no harbour');
            return name;
          };`,
        'pages/_app.tsx': `
          import { HarbourProvider } from '../lib/harbour';
          const Closed = ({ children }) => process.env.CLOSED === 'yes' ? <p>Closed for the winter</p> : <>{children}</>;
          export default function App({ Component, pageProps }) {
            return <HarbourProvider name="South"><Closed><Component {...pageProps} /></Closed></HarbourProvider>;
          }`,
        'pages/boats/[id].tsx': `
          import { useHarbour } from '../../lib/harbour';
          export async function getServerSideProps() { return { props: {} }; }
          export default function Boat() { return <h1>{useHarbour()}</h1>; }`,
      }),
    ).toEqual([
      'PAGE /boats/:id › render 200 [Closed for the winter]: environment',
      'PAGE /boats/:id › render 200 [South]: environment',
    ]);
  });

  test('have what their file puts on them, for an app that a library wraps', () => {
    expect(
      endings({
        'lib/api.ts': `
          import { createTRPCNext } from '@trpc/next';
          export const api = createTRPCNext({ ssr: false });`,
        'pages/_app.tsx': `
          import { api } from '../lib/api';
          const App = ({ Component, pageProps }) => {
            const getLayout = Component.getLayout ?? ((page) => <><p>Plain</p>{page}</>);
            return getLayout(<Component {...pageProps} />);
          };
          export default api.withTRPC(App);`,
        'pages/boats.tsx': `
          const Boats = () => <p>Boats</p>;
          Boats.getLayout = (page) => <><h1>Harbour</h1>{page}</>;
          export default Boats;`,
        'pages/crew.tsx': 'export default function Crew() { return <p>Crew</p>; }',
      }),
    ).toEqual([
      'PAGE /boats › render 200 [Harbour, Boats]: ',
      'PAGE /crew › render 200 [Plain, Crew]: ',
    ]);
  });

  test('are built before anybody asks, but for those that are made on demand', () => {
    const props = `
      export async function getStaticProps({ params }) {
        const [boat] = await db.select().from(boats).where(eq(boats.id, Number(params.id)));
        return boat ? { props: { boat } } : { notFound: true };
      }`;
    const paths = (fallback: string) =>
      `export const getStaticPaths = async () => ({ paths: [], fallback: ${fallback} });`;
    const shown = (fallback: string) =>
      endings({ ...around, 'pages/boats/[id].tsx': boat(props + paths(fallback)) });
    expect(shown("'blocking'")).toEqual([
      'PAGE /boats/:id › render 404 [Harbour, No such thing]: absent boat',
      'PAGE /boats/:id › render 200 [Open, Harbour]: exists boat, compare',
      'PAGE /boats/:id › render 200 [Closed, Harbour]: exists boat, compare',
    ]);
    expect(shown('false').every((line) => !line.includes('boat, '))).toBe(true);
  });
});

test('a schema that the whole query is parsed by refuses what the path says and what the address says', () => {
  const route = (body: string) => ({
    'package.json': MANIFEST.replace('"next"', '"zod":"4","next"'),
    'lib/parsed.ts': `
      export class Refused extends Error {}
      export function parsed(schema, data) {
        const result = schema.safeParse(data);
        if (!result.success) throw new Refused('invalid');
        return result.data;
      }`,
    'pages/api/boats/[slug].ts': `
      import { z } from 'zod';
      import { parsed } from '../../../lib/parsed';
      const bySlug = z.object({ slug: z.string().min(3) });
      const byPage = z.object({ slug: z.string(), page: z.string().min(1), size: z.string().optional() });
      export default function handler(req, res) {
        if (req.method !== 'GET') return res.status(405).end();
        try { ${body} } catch { return res.status(422).end(); }
      }`,
  });
  expect(
    toldEndings(route('const { slug } = parsed(bySlug, req.query); return res.json({ slug });')),
  ).toEqual([
    'GET /api/boats/:slug › respond 200: valid params',
    'GET /api/boats/:slug › respond 422: invalid params',
  ]);
  expect(
    toldEndings(
      route(
        'const { slug } = bySlug.parse(req.query); const { page } = parsed(byPage, req.query); return res.json({ slug, page });',
      ),
    ),
  ).toEqual([
    'GET /api/boats/:slug › respond 200: valid params, valid query',
    'GET /api/boats/:slug › respond 422: (invalid params or invalid query)',
  ]);
  expect(
    toldEndings(
      route(
        'const { slug } = parsed(z.object({ slug: z.string() }), req.query); return res.json({ slug });',
      ),
    ),
  ).toEqual(['GET /api/boats/:slug › respond 200: ']);
});

test('helpers that a wrapper puts on request and response are followed, and the methods it allows', () => {
  const wrapper = `
    import { createHmac, timingSafeEqual } from 'crypto';
    function unsign64(value, secret) {
      const str = value.slice(0, value.lastIndexOf('.'));
      const mac = Buffer.from(createHmac('sha256', secret).update(str).digest('base64'));
      const val = Buffer.from(value);
      return timingSafeEqual(mac, val) ? str : null;
    }
    export const withApi = (handler, config = { methods: ['GET'] }) => (req, res) => {
      if (!config.methods.includes('OPTIONS')) config.methods.push('OPTIONS');
      res.unauthorized = (message, extra = {}) => { res.json({ error: message, code: 401, ...extra }, 401); };
      res.json = (json, status = 200) => {
        res.setHeader('Content-Type', 'application/json');
        res.status(status);
        res.end(JSON.stringify(json));
      };
      req.getCookie = (name) => {
        const cookie = req.cookies[name];
        if (!cookie) return null;
        const unsigned = unsign64(cookie, 'secret');
        return unsigned ? unsigned : null;
      };
      req.user = async () => {
        try {
          const token = req.headers.authorization;
          if (token) return { token };
          const id = req.getCookie('user');
          if (!id) return null;
          return { token: id };
        } catch (e) {
          if (e.code === 'ERR') return null;
        }
      };
      if (!config.methods.includes(req.method)) return res.json({ error: 'method', code: 405 }, 405);
      if (config.user) {
        return req.user().then((user) => {
          if (!user) return res.unauthorized('not logged in');
          return handler(req, res, user);
        });
      }
      return handler(req, res);
    };`;
  expect(
    endings({
      'lib/api.ts': wrapper,
      'pages/api/tokens.ts': `
        import { withApi } from '../../lib/api';
        async function handler(req, res, user) {
          if (req.method === 'POST') return res.json({ made: user.token }, 201);
          return res.json({ token: user.token });
        }
        export default withApi(handler, { methods: ['GET', 'POST'], user: true });`,
    }),
  ).toEqual([
    'POST /api/tokens › throw 400: malformed body',
    'POST /api/tokens › respond 201: (present headers.authorization or present cookies.user,opaque,opaque,opaque)',
    'POST /api/tokens › respond 401: missing headers.authorization, (missing cookies.user or opaque or opaque or opaque)',
    'GET /api/tokens › respond 200: (present headers.authorization or present cookies.user,opaque,opaque,opaque)',
    'GET /api/tokens › respond 401: missing headers.authorization, (missing cookies.user or opaque or opaque or opaque)',
  ]);
});
