import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';
import { shop } from './shop.ts';

/** The outcomes of a handler with this body. */
function ends(body: string, before = ''): string[] {
  const route = `app.get('/x', async (c) => { ${body} return c.json({ ok: true }); });`;
  return outcomes(trace(shop(`${before}\n${route}`), 'GET /x'));
}

test('what a turn sets before it ends the loop holds after it, and no further turn is taken', () => {
  const body = `let last = 'none';
    for (const name of ['a', 'b', 'c']) {
      if (c.req.query(name) === 'stop') { last = name; break; }
    }
    if (last === 'b') return c.json({ error: 'stopped' }, 418);`;
  expect(ends(body)).toEqual([
    'stopped 418: query.a != "stop" & query.b = "stop"',
    '200 200: (query.a = "stop" | query.b != "stop")',
  ]);
});

test('what a turn sets before it goes on with the next holds after the loop', () => {
  const body = `let lacking = false;
    for (const name of ['a', 'b']) {
      if (!c.req.query(name)) { lacking = true; continue; }
    }
    if (lacking) return c.json({ error: 'lacking' }, 400);`;
  expect(ends(body)).toEqual([
    'lacking 400: (missing query.b | missing query.a)',
    '200 200: present query.b & present query.a',
  ]);
});

test('the row that a loop stops at is known after it', () => {
  const body = `let found = null;
    const lots = await db.select().from(items).where(eq(items.orderId, c.req.query('id')));
    for (const lot of lots) {
      if (lot.quantity > 3) { found = lot; break; }
    }
    if (found) return c.json({ error: 'found' }, 409);`;
  expect(ends(body)).toEqual([
    'found 409: exists item#2 & item#2.quantity > 3',
    '200 200: (absent item#2 | item#2.quantity <= 3)',
  ]);
});

test('what a clause sets before it leaves a switch from inside an if holds after it', () => {
  const body = `let kind = 'other';
    switch (c.req.query('k')) {
      case 'a': if (c.req.query('m')) { kind = 'am'; break; } kind = 'a'; break;
      case 'b': kind = 'b';
    }
    if (kind === 'am') return c.json({ error: 'both' }, 400);`;
  expect(ends(body)).toEqual([
    'both 400: query.k = "a" & present query.m',
    '200 200: (query.k != "a" | missing query.m)',
  ]);
});

test('an object that a loop fills by keys that are not known is not taken for empty', () => {
  const before = `async function granted(roles) {
    const all = {};
    for (const role of roles) for (const [name, allowed] of Object.entries(permissionsOf(role))) all[name] = allowed;
    return all;
  }`;
  const body = `const [user] = await db.select().from(users).where(eq(users.id, c.req.query('id')));
    if (!user) return c.json({ error: 'nobody' }, 401);
    const all = await granted(user.role.split(','));
    if (user.email !== 'root' && !(all.read?.includes('own') ?? false)) return c.json({ error: 'forbidden' }, 403);`;
  expect(ends(body, before)).toEqual([
    'nobody 401: absent user',
    'forbidden 403: exists user & user.email != "root" & not [(all.read?.includes(\'own\') ?? false)]',
    '200 200: exists user & (user.email = "root" | [(all.read?.includes(\'own\') ?? false)])',
  ]);
});

test('lists that are put together may be empty', () => {
  const body = `
    const lots = await db.select().from(items);
    const all = [...lots.filter((lot) => lot.quantity > 3), ...lots.filter((lot) => lot.quantity < 2)];
    if (all.length === 0) return c.json({ error: 'none' }, 404);`;
  expect(ends(body)).toEqual([
    'none 404: absent item#2 & absent item#3',
    '200 200: (exists item#2 | exists item#3)',
  ]);
});

test('a loop that counts through a list that is written out meets each of its items', () => {
  const body = `const known = ['raft', 'hull'];
    const isKnown = (name) => {
      for (let i = 0; i < known.length; i++) {
        const each = known[i];
        if (name === each) return true;
      }
      return false;
    };
    if (!isKnown(c.req.query('name'))) return c.json({ error: 'unknown' }, 404);`;
  expect(ends(body)).toEqual([
    'unknown 404: query.name != "raft" & query.name != "hull"',
    '200 200: (query.name = "raft" | query.name = "hull")',
  ]);
});

test('a set has what a loop adds to it, each once', () => {
  const body = `const { first, second } = c.req.query();
    const chosen = new Set<string>();
    for (const one of await db.select().from(items)) if (one.quantity > 3) chosen.add(one.id);
    if (chosen.size === 0) return c.json({ error: 'none' }, 404);
    const list = [first];
    new Set(list).add(second);
    if (list.length > 1) return c.json({ error: 'shared' }, 500);
    const asked = new Set();
    asked.add('a').add(first).add(second);
    asked.delete('a');
    if (asked.size === 0) return c.json({ error: 'plain' }, 400);
    if (asked.has('b')) return c.json({ error: 'b' }, 409);`;
  expect(ends(body)).toEqual([
    'none 404: (absent item#2 | item#2.quantity <= 3)',
    'plain 400: exists item#2 & item#2.quantity > 3 & query.first = "a" & query.second = "a"',
    'b 409: exists item#2 & item#2.quantity > 3 & (query.first != "a" | query.second != "a") & (query.first = "b" | (query.first = "a" | query.second != query.first) & query.second = "b")',
    '200 200: exists item#2 & item#2.quantity > 3 & (query.first != "a" | query.second != "a") & query.first != "b" & (query.first != "a" & query.second = query.first | query.second != "b")',
  ]);
});
