import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const traced = (text: string) => outcomes(trace(shop(text), 'GET /orders/:id')).sort();

const FIND = `const [order] = await client().select().from(orders).where(eq(orders.id, c.req.param('id')));
  return order ? c.json({ status: order.status }) : c.json({ error: 'missing' }, 404);`;
const FOUND = ['200 200: exists order', 'missing 404: absent order'];

test('a variable that a function of the boot fills holds what is put there', () => {
  const found = traced(`let connection;
    const client = () => connection;
    function boot(own) {
      connection = own;
      app.get('/orders/:id', async (c) => {${FIND}});
    }
    boot(db);`);
  expect(found).toEqual(FOUND);
});

test('what is made for the first who asks is there for everyone', () => {
  const found = traced(`let kept = null;
    function client() {
      if (!kept) kept = db;
      return kept;
    }
    app.get('/orders/:id', async (c) => {${FIND}});`);
  expect(found).toEqual(FOUND);
});

test('what is kept by whoever asks first is made where it is asked for, though others may fill it too', () => {
  const found = traced(`let kept;
    function prepare(own) { kept = own; }
    function client(options) {
      if (kept && !options) return kept;
      kept = db;
      return kept;
    }
    app.get('/orders/:id', async (c) => {${FIND}});`);
  expect(found).toEqual(FOUND);
});

test('what a function puts into a variable of its own by that name is not put there', () => {
  const found = traced(`let mode;
    const other = (c) => { let mode; mode = c.req.query('mode'); return mode; };
    app.get('/orders/:id', (c) => (mode ? c.body(null, 503) : c.body(null, 204)));`);
  expect(found).toEqual(['204 204: ']);
});

test('a variable that several places fill is not known, one that none fills is nothing', () => {
  const asked = (more: string) =>
    traced(`let mode;
      ${more}
      app.get('/orders/:id', (c) => (mode ? c.body(null, 503) : c.body(null, 204)));`);
  expect(asked(`const on = () => { mode = 'on'; }; const off = () => { mode = 'off'; };`)).toEqual([
    '204 204: not [mode]',
    '503 503: [mode]',
  ]);
  expect(asked('')).toEqual(['204 204: ']);
});

test('a value that a hundred branches may leave as it was names as many terms as any other', () => {
  const branches = Array.from({ length: 120 }, (_, at) => `if (sent('${at}')) kept = [kept];`);
  const found = traced(`app.get('/orders/:id', (c) => {
    const sent = (name) => c.req.query(name);
    let kept = sent('first');
    ${branches.join('\n')}
    return kept.length > 1 ? c.body(null, 204) : c.body(null, 201);
  });`);
  expect(found.map((each) => each.slice(0, 7))).toEqual(['201 201', '204 204']);
});

test('what the statements of a file leave in a variable, in each of their ways', () => {
  const found = traced(`let mode;
    if (process.env.STAGE === 'live') mode = 'live';
    else mode = 'dry';
    let client = null;
    if (process.env.REPLICA) client = db;
    else { client = db; }
    let most = 5;
    switch (process.env.SIZE) {
      case 'big':
        most = 10;
        break;
    }
    app.get('/orders/:id', async (c) => {
      if (mode === 'dry') return c.body(null, 503);
      if (Number(c.req.query('n')) > most) return c.body(null, 409);
      const [order] = await client.select().from(orders).where(eq(orders.id, c.req.param('id')));
      return order ? c.json({ status: order.status }) : c.json({ error: 'missing' }, 404);
    });`);
  const size = (op: string) =>
    `(env.SIZE = "big" & query.n ${op} 10 | env.SIZE != "big" & query.n ${op} 5)`;
  expect(found).toEqual([
    `200 200: env.STAGE = "live" & ${size('<=')} & exists order`,
    `409 409: env.STAGE = "live" & ${size('>')}`,
    '503 503: env.STAGE != "live"',
    `missing 404: env.STAGE = "live" & ${size('<=')} & absent order`,
  ]);
});

test('settings that nobody knows, or that there are none of, are not known', () => {
  const found = traced(`import { parse } from 'some-settings';
    function read() {
      const said = parse();
      if (said.broken) return null;
      return said;
    }
    const settings = read();
    app.get('/orders/:id', (c) => (settings.closed ? c.body(null, 503) : c.body(null, 204)));`);
  expect(found).toEqual(['204 204: not [settings.closed]', '503 503: [settings.closed]']);
});

test('the values of an enum of numbers name its members too', () => {
  const found = traced(`enum Role { admin = 1, user }
    app.get('/orders/:id', (c) => {
      const known = Object.values(Role).map(String).includes(c.req.param('id'));
      return known ? c.body(null, 204) : c.body(null, 404);
    });`);
  expect(found).toEqual([
    '204 204: params.id in ("admin", "user", "1", "2")',
    '404 404: not params.id in ("admin", "user", "1", "2")',
  ]);
});

test('a name that is declared to be global is what stands on the global object', () => {
  const found = traced(`
    declare global {
      var KEPT: typeof db | null;
      var ENDED: boolean;
    }
    if (typeof globalThis.KEPT === 'undefined') globalThis.KEPT = null;
    function end() { ENDED = true; KEPT = null; }
    function client() {
      if (ENDED) throw new Error('ended');
      if (!KEPT) KEPT = db;
      return KEPT;
    }
    app.get('/orders/:id', async (c) => {
      client();
      ${FIND}
    });`);
  expect(found).toEqual(FOUND);
});

const KEPT_ON_GLOBAL = {
  'filled as the module loads, and taken apart': `
    const kept = globalThis as unknown as { held?: { client: typeof db } };
    if (!kept.held) { kept.held = make(); }
    const { client: own } = kept.held;
    const client = () => own;`,
  'filled by `??=`, asked for where it is needed': `
    const kept = globalThis as any;
    kept.client ??= make().client;
    const client = () => kept.client;`,
  'filled as it is exported': `
    export const own = globalThis.client ?? (globalThis.client = make().client);
    const client = () => own;`,
  'kept outside of production alone, after it was asked for': `
    const kept = global as any;
    const own = kept.client || make().client;
    if (process.env.NODE_ENV !== 'production') kept.client = own;
    const client = () => own;`,
  'kept under a symbol': `
    const KEY = Symbol.for('client');
    if (!globalThis[KEY]) globalThis[KEY] = make().client;
    const own = globalThis[KEY];
    const client = () => own;`,
  'filled in either of two ways': `
    let own;
    if (process.env.NODE_ENV === 'production') own = make().client;
    else {
      if (!global.client) global.client = make().client;
      own = global.client;
    }
    const client = () => own;`,
};

test.each(Object.entries(KEPT_ON_GLOBAL))('what is kept on the global object, %s', (_, code) => {
  const found = traced(`function make() { return { client: db }; }
    ${code}
    app.get('/orders/:id', async (c) => {${FIND}});`);
  expect(found).toEqual(FOUND);
});

test('what an app is put together of is worked out once, however many parts were given it', () => {
  const parts = Array.from({ length: 60 }, (_, at) => `app.use(guard(config, 'part-${at}'));`);
  const settings = Array.from({ length: 400 }, (_, at) => `s${at}: read('S${at}', 'none'),`);
  const { findings, outcomes: found } = trace(
    {
      'package.json': JSON.stringify({ name: 'app', dependencies: { express: '5' } }),
      'config.ts': `
        const read = (name: string, otherwise: string) => process.env[name] || otherwise;
        export function createConfig(options: { closed: string }) {
          return { ...options, ${settings.join('\n')} };
        }`,
      'app.ts': `
        import express from 'express';
        import { createConfig } from './config';
        const guard = (config: { closed: string }, part: string) => (req: any, res: any, next: any) =>
          req.get(config.closed) === part ? res.sendStatus(423) : next();
        function start(config: { closed: string }) {
          const app = express();
          ${parts.join('\n')}
          app.get('/mine', (req: any, res: any) => res.json({}));
          app.listen(3000);
        }
        start(createConfig({ closed: 'x-closed' }));`,
    },
    'GET /mine',
    express,
  );
  expect(findings).toEqual([]);
  expect(found.map(({ status }) => status)).toEqual([...parts.map(() => 423), 200]);
});

test('a map that is empty when its module loads holds what requests leave there', () => {
  const found = traced(`const queues = new Map();
    class Mails { static kept = new Map(); }
    app.get('/orders/:id', async (c) => {
      const queue = queues.get(c.req.param('id'));
      if (!queue) return c.json({ error: 'no_queue' }, 500);
      if (!Mails.kept.get(c.req.param('id'))) return c.json({ error: 'no_mail' }, 500);
      return c.json({ at: queue.at });
    });`);
  expect(found.map((each) => each.replace(/:.*/, ''))).toEqual([
    '200 200',
    'no_mail 500',
    'no_queue 500',
  ]);
});

test('a map knows no less than its keys where one of them is only known when a request comes', () => {
  const found = traced(`app.get('/orders/:id', async (c) => {
      const names = new Map();
      if (names.get('a')) return c.json({ error: 'never' }, 400);
      names.set(c.req.query('name'), 'told');
      return names.get('b') ? c.json({ named: true }) : c.json({ error: 'unnamed' }, 404);
    });`);
  expect(found.map((each) => each.replace(/:.*/, ''))).toEqual(['200 200', 'unnamed 404']);
});

test('handlers out of what a promise gives, for which the registration waits', () => {
  const found = trace(
    {
      'package.json': JSON.stringify({ name: 'app', dependencies: { express: '^4.18.2' } }),
      'app.ts': `
        import express from 'express';
        import { prepare } from './prepare';
        const app = express();
        const ready = new Promise((resolve) => { resolve(prepare()); });
        ready.then((made) => {
          const { guard, show } = made;
          app.get('/boats/:id', guard, show);
          app.listen(3000);
        });`,
      'prepare.ts': `
        export async function prepare() {
          function guard(req, res, next) {
            if (!req.headers['x-token']) return res.status(401).json({ error: 'no_token' });
            next();
          }
          const show = (req, res) => res.json({ id: req.params.id });
          return { guard, show };
        }`,
    },
    'GET /boats/:id',
    express,
  );
  expect(outcomes(found).sort()).toEqual([
    '200 200: present headers.x-token',
    'no_token 401: missing headers.x-token',
  ]);
});

test('classes that one function makes hold each what they were made with', () => {
  const app = `
    import { Hono } from 'hono';
    function refusal(code, status) {
      return class Refusal extends Error {
        static code = code;
        constructor(message) { super(message); this.status = status; }
        get code() { return this.constructor.code; }
      };
    }
    const Closed = refusal('closed', 409);
    const Unknown = refusal('unknown', 404);
    const app = new Hono();
    app.get('/moorings/:id', (c) => {
      if (c.req.query('berth') === '1') throw new Closed('no way');
      if (c.req.query('berth') === '2') throw new Unknown('no mooring');
      return c.json({ both: Closed.code + Unknown.code });
    });
    app.onError((error, c) => c.json({ error: error.code }, error.status));
    export default app;`;
  const found = outcomes(trace({ 'app.ts': app }, 'GET /moorings/:id'));
  expect(found.map((each) => each.replace(/:.*/, ''))).toEqual([
    'closed 409',
    'unknown 404',
    '200 200',
  ]);
});
