import { expect, test } from 'vitest';
import { outcomes, reads, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const traced = (text: string) => outcomes(trace(shop(text), 'GET /orders/:id')).sort();

const FIND = (client: string) => `
  const [order] = await ${client}.select().from(orders).where(eq(orders.id, c.req.param('id')));
  return order ? c.json({ status: order.status }) : c.json({ error: 'missing' }, 404);`;
const FOUND = ['200 200: exists order', 'missing 404: absent order'];

const SERVERS = {
  'a method that the boot waits for': `
    class Server {
      client;
      async connect() { this.client = await made(); }
    }
    let server;
    async function start() { server = new Server(); await server.connect(); }
    const running = () => { if (!server?.client) throw new Error('not running'); return server; };`,
  'a method, in place of nothing': `
    class Server {
      client: any = null;
      connect = async () => { const own = await made(); this.client = own; };
    }
    const server = new Server();
    const running = () => { if (server.client === null) throw new Error('not running'); return server; };`,
  'a method of the class it extends': `
    class Base {
      protected client;
      client_() {}
      init() { this.client = made(); }
    }
    class Server extends Base {}
    const server = new Server();
    const running = () => server;`,
  'the one instance that a class keeps': `
    class Server {
      private static instance: Server;
      client;
      static async getInstance() {
        if (!Server.instance) { Server.instance = new Server(); await Server.instance.init(); }
        return Server.instance;
      }
      async init() { this.client = made(); }
    }
    const running = () => Server.getInstance();`,
  'a function, onto what every module sees': `
    class Server { client = made(); constructor(private port) {} }
    const kept = globalThis as unknown as { server: Server | null };
    if (kept.server === void 0) kept.server = null;
    export function start(port) { if (!kept.server) kept.server = new Server(port); return kept.server; }
    const running = () => { if (!kept.server) throw new Error('not running'); return kept.server; };`,
  'a function, into an object written out': `
    const server: any = { client: null };
    export async function start() { server.client = await made(); }
    const running = () => { if (!server.client) throw new Error('not running'); return server; };`,
};

test.each(Object.entries(SERVERS))('what is put there as the app starts: %s', (_, code) => {
  const found = traced(`const made = () => db;
    ${code}
    app.get('/orders/:id', async (c) => {
      const running_ = await running();
      ${FIND('running_.client')}
    });`);
  expect(found).toEqual(FOUND);
});

test('what a method leaves in a field by the environment, in each of its ways', () => {
  const found = traced(`
    class Licence {
      plan = 'free';
      async read() {
        if (!process.env.KEY) { this.plan = 'free'; return; }
        if (process.env.CLOUD === 'true') { this.plan = 'cloud'; return; }
        this.plan = 'own';
      }
    }
    const licence = new Licence();
    app.get('/orders/:id', (c) => {
      if (licence.plan === 'own') return c.body(null, 402);
      return licence.plan === 'cloud' ? c.body(null, 409) : c.body(null, 204);
    });`);
  expect(found).toEqual([
    '204 204: (env.KEY = null | env.CLOUD = "true") & (env.KEY = null | env.CLOUD != "true")',
    '402 402: env.KEY != null & env.CLOUD != "true"',
    '409 409: env.KEY != null & env.CLOUD = "true"',
  ]);
});

test('whether a flag was set by then is not known, nor what a request has set itself forgotten', () => {
  const found = traced(`
    class Server {
      closing = false;
      note;
      close() { this.closing = true; }
      mark() { this.note = new Date(); }
    }
    const server = new Server();
    app.get('/orders/:id', (c) => {
      if (server.closing) return c.body(null, 503);
      server.note = null;
      return server.note ? c.body(null, 409) : c.body(null, 204);
    });`);
  expect(found).toEqual(['204 204: not [server.closing]', '503 503: [server.closing]']);
});

test('what a request makes for itself holds what the request puts there', () => {
  const found = traced(`
    class Order {
      total;
      add() { this.total = new Date(); }
    }
    app.get('/orders/:id', (c) => (new Order().total ? c.body(null, 409) : c.body(null, 204)));`);
  expect(found).toEqual(['204 204: ']);
});

test('what is put there in one environment alone is there in that one', () => {
  const found = traced(`
    class Server {
      private mailer;
      init() { if (process.env.MAIL_KEY) { this.mailer = new Mailer(); } }
      mail() { if (!this.mailer) throw new Error('no mailer'); return 'sent'; }
    }
    class Mailer {}
    const server = new Server();
    app.get('/orders/:id', (c) => {
      try { server.mail(); } catch { return c.body(null, 503); }
      return c.body(null, 204);
    });`);
  expect(found).toEqual(['204 204: env.MAIL_KEY != null', '503 503: env.MAIL_KEY = null']);
});

test('of what one of several places puts into a variable it is known that it is there', () => {
  const found = traced(`
    class Shared { list() { return []; } }
    class Own { list() { return []; } }
    let registry: Shared | Own | null = null;
    export const init = (options) => {
      if (options.shared) { const r = new Shared(); registry = r; } else { registry = new Own(); }
    };
    app.get('/orders/:id', (c) => {
      if (!registry) return c.body(null, 503);
      registry.list();
      return c.body(null, 204);
    });`);
  expect(found).toEqual(['204 204: ']);
});

test('what a field holds for as long as some work goes on is not there when the next request comes', () => {
  const routes = `
    class Kept {
      private data: any; private at: Date | null = null; private pending: Promise<any> | null = null;
      constructor(private readonly load: () => Promise<any>) {}
      async get() {
        if (this.at && this.data && this.at > new Date(Date.now() - 1000)) return this.data;
        if (this.pending) return this.pending;
        this.pending = this.load();
        try {
          const data = await this.pending;
          this.data = data;
          this.at = new Date();
          return data;
        } finally { this.pending = null; }
      }
    }
    class Shelf {
      kept: Kept;
      constructor(private store: any) { this.kept = new Kept(this.load.bind(this)); }
      private async load() { return this.store.select().from(orders); }
    }
    const shelf = new Shelf(db);
    app.get('/x', async (c) => c.json(await shelf.kept.get()));`;
  expect(reads(trace(shop(routes), 'GET /x'))).toEqual(['order*: ']);
});
