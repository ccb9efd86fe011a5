import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

const traced = (text: string) =>
  outcomes(trace(shop(text), 'GET /orders/:id'))
    .map((each) => each.replace(/:.*/, ''))
    .sort();

test('a map is as large as its keys are, and be one of them nothing at all', () => {
  const found = traced(`function route(...args) {
      const params = args.length > 1 ? args[0] : [undefined];
      const make = args.length > 1 ? args[1] : () => args[0];
      const overloads = new Map(params.map((param) => [param, make(param)]));
      if (overloads.size !== params.length) throw new Error('twice the same');
      return async (c) => {
        for (const [param, overload] of overloads.entries()) {
          if (param === undefined) return overload.handler(c);
        }
        return c.json({ error: 'no_overload' }, 400);
      };
    }
    app.get('/orders/:id', route({ handler: (c) => c.json({ done: true }) }));`);
  expect(found).toEqual(['200 200']);
});

test('a map is gone through by itself, with keys that are numbers or things', () => {
  const found = traced(`app.get('/orders/:id', async (c) => {
      const thing = { name: 'thing' };
      const kept = new Map([[7, 'number'], [thing, 'thing']]);
      const sizes = [...kept].map(([key, value]) => (key === 7 ? value : key.name));
      if (kept.get(thing) !== 'thing' || kept.size !== 2) return c.json({ error: 'never' }, 500);
      for (const [key] of kept) if (key === '7') return c.json({ error: 'a text' }, 500);
      return c.json({ error: sizes.join('_') }, 404);
    });`);
  expect(found).toEqual(['number_thing 404']);
});

test('an object made of entries has what they say', () => {
  const found = traced(`app.get('/orders/:id', async (c) => {
      const made = Object.fromEntries(['gone', 'kept'].map((name) => [name, name + '_it']));
      return c.json({ error: made.gone }, 404);
    });`);
  expect(found).toEqual(['gone_it 404']);
});

test('a map of an object that the app makes as it starts is there for what comes later', () => {
  const found = traced(`class Carriers {
      clients = new Map();
      constructor() { fetchClients().then((all) => all.forEach((each) => this.clients.set(each.name, each))); }
      find(name) {
        const client = this.clients.get(name);
        if (!client) throw new HTTPException(404, { message: 'no_carrier' });
        return client;
      }
    }
    const carriers = new Carriers();
    app.get('/orders/:id', async (c) => {
      const seen = new Map();
      if (seen.get(c.req.param('id'))) return c.json({ error: 'never' }, 500);
      return c.json({ name: carriers.find(c.req.query('carrier')).name });
    });`);
  expect(found).toEqual(['200 200', 'no_carrier 404']);
});
