import { expect, test } from 'vitest';
import { express } from '../../../src/model/readers/express.ts';
import { outcomes, trace } from '../../setup/trace.ts';

function endings(code: string, route = 'GET /boat'): string[] {
  const app = `
    import express from 'express';
    import httpCodes from 'http-codes';
    import httpStatus from 'http-status';
    import { StatusCodes } from 'http-status-codes';
    const app = express();
    ${code}
    app.use((error, request, response, next) => response.status(error.status ?? 500).json({ error: error.message }));
    app.listen(3000);`;
  return outcomes(trace({ 'app.ts': app }, route, express));
}

const REFUSED = `class Refused extends Error { constructor(status, message) { super(message); this.status = status; } }`;

test('a guard that resolves or rejects a promise lets requests pass or ends them', () => {
  const found = endings(`${REFUSED}
    const decide = (request, resolve, reject, rank) => async (error, name) => {
      if (error || !name) return reject(new Refused(httpCodes.UNAUTHORIZED, 'who'));
      request.name = name;
      try {
        if (rank && name !== rank) return reject(new Refused(httpStatus.FORBIDDEN, 'rank'));
      } catch (other) {
        return reject(new Refused(500, 'not this'));
      }
      resolve();
    };
    const only = (rank) => async (request, response, next) =>
      new Promise((resolve, reject) => {
        decide(request, resolve, reject, rank)(null, request.query.name);
      }).then(() => next()).catch((error) => next(error));
    app.get('/boat', only('captain'), (request, response) => response.status(StatusCodes.ACCEPTED).json({ name: request.name }));`);
  expect(found).toEqual([
    'who 401: missing query.name',
    'rank 403: present query.name & query.name != "captain"',
    '202 202: present query.name & query.name = "captain"',
  ]);
});

test('what a promise resolves with is awaited, what it is rejected with thrown', () => {
  const found = endings(`${REFUSED}
    app.get('/boat', async (request, response) => {
      const size = await new Promise((resolve, reject) => {
        if (!request.query.size) return reject(new Refused(httpStatus[400], 'size'));
        if (request.query.size === 'none') resolve(null);
        else resolve(request.query.size);
      });
      return size === 'big' ? response.status(httpStatus.GONE).json({}) : response.json({ size });
    });`);
  expect(found.map((each) => each.replace(/^\S+ /, ''))).toEqual([
    expect.stringContaining('missing query.size'),
    '410: present query.size & query.size = "big"',
    '200: present query.size & query.size != "big"',
  ]);
});

test('what follows an async function that gives nothing runs', () => {
  const found = endings(`
    const note = async () => {};
    app.get('/boat', (request, response) => { note().then(() => response.status(204).end()); });`);
  expect(found).toEqual(['204 204: ']);
});

test('what a map of the code holds under a key that the request tells', () => {
  const found = endings(`
    const rights = new Map(Object.entries({ guest: [], captain: ['sail', 'sell'] }));
    app.get('/boat', (request, response) => {
      const own = rights.get(request.query.rank) ?? [];
      return response.sendStatus(['sail'].every((each) => own.includes(each)) ? 200 : 403);
    });`);
  expect(found.map((each) => each.replace(/^\S+ /, '')).sort()).toEqual([
    '200: query.rank = "captain"',
    expect.stringMatching(/^403: .*query\.rank != "captain"/),
  ]);
});

const TOLD = `
  import { courier } from 'postbox';
  const tell = async (name) => {
    if (!name) throw new Refused(400, 'nobody');
    return await courier.send(name);
  };
  const post = (name) => {
    if (!name) throw new Refused(400, 'nobody');
    return courier.send(name);
  };`;

const told = (call: string) =>
  endings(`${REFUSED}${TOLD}
    app.get('/boat', async (request, response) => {
      ${call}
      response.status(202).json({});
    });`);

test.each([
  'tell(request.query.name);',
  'void tell(request.query.name);',
  'tell(request.query.name).catch(() => {});',
  "tell(request.query.name).then(() => { throw new Refused(409, 'late'); });",
  'request.query.tell && tell(request.query.name);',
  '(async () => { await tell(request.query.name); })();',
  'Promise.all([tell(request.query.name), tell(request.query.other)]);',
])('what a promise that nobody waits for is rejected with ends no request: %s', (call) => {
  expect(told(call)).toEqual(['202 202: ']);
});

test('what is waited for, or thrown before there is a promise, ends the request', () => {
  const nobody = 'nobody 400: missing query.name';
  expect(told('await tell(request.query.name);')).toEqual([
    nobody,
    expect.stringMatching(/^500 500: .*not <postbox/),
    expect.stringMatching(/^202 202: /),
  ]);
  expect(told('post(request.query.name);')).toEqual([nobody, '202 202: present query.name']);
});

test('an async function that nobody waits for may answer all the same', () => {
  const found = endings(`${REFUSED}${TOLD}
    const answer = async (request, response) => {
      if (!request.query.name) throw new Refused(400, 'nobody');
      response.json({ name: request.query.name });
    };
    app.get('/boat', (request, response) => { answer(request, response); });`);
  expect(found).toEqual(['200 200: present query.name']);
});

test('a promise whose resolve is kept is what it is resolved with later', () => {
  const found = endings(`
    app.get('/boat', async (request, response) => {
      let resolveName;
      let resolveDone;
      const named = new Promise((resolve) => { resolveName = resolve; });
      const done = new Promise((resolve) => { resolveDone = resolve; });
      const work = async () => {
        resolveName(request.query.name);
        const result = await done;
        if (!result.ok) throw new Error('never asked here');
      };
      work();
      const name = await named;
      resolveDone({ ok: true });
      response.json({ name, captain: name === 'ana' });
    });`);
  expect(found).toEqual(['200 200: ']);
});

test('a plain function that makes a promise may be called with new', () => {
  const found = endings(`${REFUSED}
    function Timed(name, work) {
      const p = new Promise(work);
      p.then(() => console.log(name));
      return p;
    }
    function Hull(name) { this.name = name; }
    app.get('/boat', (request, response) => {
      new Timed('name', (resolve, reject) => {
        if (!request.query.name) return reject('nobody');
        resolve(new Hull(request.query.name));
      }).then((hull) => response.status(hull.name === 'ana' ? 200 : 204).end(), (error) => response.status(400).send(error));
    });`);
  expect(found.map((each) => each.replace(/^\S+ /, ''))).toEqual([
    '200: present query.name & query.name = "ana"',
    '204: present query.name & query.name != "ana"',
    '400: missing query.name',
  ]);
});

test('a password that is compared with a callback', () => {
  const found = endings(`
    const bcrypt = require('bcryptjs');
    app.get('/boat', (request, response) => {
      bcrypt.compare(request.query.word, 'hash', (error, same) => {
        if (error || !same) return response.status(403).send('wrong');
        bcrypt.hash(request.query.word, 10, (failed, hash) => response.status(failed ? 500 : 204).end());
      });
    });`);
  expect(
    found.filter((each) => /^\S+ (403|500|204): /.test(each)).map((each) => each.slice(0, 9)),
  ).toEqual(['wrong 403', '204 204: ']);
});

test('what a promise is rejected with that a function takes is thrown where that awaits it', () => {
  const ending = (signature: string) =>
    outcomes(
      trace(
        {
          'app.ts': `
            import { Hono } from 'hono';
            export const app = new Hono();
            async function attempt${signature} {
              try {
                return { data: await work, error: null };
              } catch (error) {
                return { data: null, error };
              }
            }
            app.post('/boat', async (c) => {
              const { data, error } = await attempt(c.req.json());
              return error ? c.json({ error: 'torn' }, 400) : c.json(data);
            });`,
        },
        'POST /boat',
      ),
    );
  const found = ['torn 400: malformed body', '200 200: wellFormed body'];
  expect(ending('<T>(work: Promise<T>)')).toEqual(found);
  expect(ending('(work)')).toEqual(found);
});

test('what a function gives from within try came about without what its catch tells of the body', () => {
  const app = (take: string) => `
    import { Hono } from 'hono';
    import { z } from 'zod';
    const Boat = z.object({ name: z.string() });
    export const app = new Hono();
    async function read(c) {
      try {
        ${take}
      } catch {
        return null;
      }
    }
    app.post('/boat', async (c) => {
      const boat = await read(c);
      return boat === null ? c.json({ error: 'torn' }, 400) : c.json({ ok: true });
    });`;
  const of = (take: string) => outcomes(trace({ 'app.ts': app(take) }, 'POST /boat'));
  expect(of('await c.req.json(); return true;')).toEqual([
    'torn 400: malformed body',
    '200 200: wellFormed body',
  ]);
  expect(of('Boat.parse(await c.req.json()); return true;')).toEqual([
    'torn 400: invalid body',
    '200 200: valid body',
  ]);
});

test('each error that a catch goes on after leaves its own', () => {
  const found = endings(`${REFUSED}
    app.get('/boat', (request, response) => {
      let note = 'none';
      try {
        if (request.query.name === 'ghost') throw new Refused(400, 'ghost');
        if (request.query.rank !== 'captain') throw new Refused(400, 'rank');
        throw new Refused(400, 'full');
      } catch (error) {
        note = error.message;
      }
      if (note === 'ghost') throw new Refused(410, 'ghost');
      if (note === 'rank') throw new Refused(403, 'rank');
      throw new Refused(409, 'full');
    });`);
  expect(found.map((each) => each.split(':')[0])).toEqual(['ghost 410', 'rank 403', 'full 409']);
});

test('what is awaited together is awaited where it is there', () => {
  const found = endings(`${REFUSED}
    const tell = async (name) => { if (name !== 'ana') throw new Refused(403, 'other'); };
    app.get('/boat', async (request, response) => {
      const telling = [];
      if (request.query.tell === 'yes') telling.push({ then: undefined, told: 1 }, tell(request.query.name));
      await Promise.all(telling);
      response.status(200).json({});
    });`);
  expect(found).toEqual([
    'other 403: query.tell = "yes" & query.name != "ana"',
    '200 200: (query.name = "ana" | query.tell != "yes")',
  ]);
});
