import { expect, test } from 'vitest';
import { endings, pageOf, shopModel } from '../../setup/pages.ts';

const SERVER = `
const Shell = ({ script }) => <html><body><div id="root" /><script type="module" src={script} /></body></html>;
app.onError((err, c) => c.json({ error: 'internal', message: 'Something went wrong' }, 500));
app.get('/api/orders', async (c) => {
  const token = getCookie(c, 'sid');
  const [session] = token ? await db.select().from(sessions).where(eq(sessions.token, token)) : [];
  if (!session) return c.json({ error: 'unauthenticated', message: 'Sign in first' }, 401);
  const rows = await db.select().from(orders).where(eq(orders.userId, session.userId));
  return c.json({ items: rows.map((row) => ({ id: row.id, paid: row.status === 'paid' })) });
});
app.get('/api/me', async (c) => {
  const token = getCookie(c, 'sid');
  const [session] = token ? await db.select().from(sessions).where(eq(sessions.token, token)) : [];
  if (!session) return c.json({ error: 'unauthenticated', message: 'Sign in first' }, 401);
  return c.json({ id: session.userId });
});
app.get('/orders', (c) => c.html(<Shell script="/assets/orders.js" />));`;

const mounted = (code: string) => ({
  'client/orders.tsx': `
import { createRoot } from 'react-dom/client';
import { useCallback, useEffect, useState } from 'react';
${code}
createRoot(document.getElementById('root')).render(<Orders />);`,
});

const LOADING = `
class ApiError extends Error { constructor(readonly status: number, message: string) { super(message); } }
async function api(path) {
  const response = await fetch('/api' + path);
  if (!response.ok) throw new ApiError(response.status, (await response.json()).message);
  return response.json();
}
function useResource(load) {
  const [resource, setResource] = useState({ state: 'loading' });
  const reload = useCallback(async () => {
    try {
      setResource({ state: 'ready', data: await load() });
    } catch (err) {
      if (err instanceof ApiError && err.status === 401) setResource({ state: 'signed-out' });
      else setResource({ state: 'failed', message: err.message });
    }
  }, [load]);
  useEffect(() => { void reload(); }, [reload]);
  return resource;
}
async function load() {
  const [me, { items }] = await Promise.all([api('/me'), api('/orders')]);
  return { me, items };
}
function Note() {
  const [sent, setSent] = useState(false);
  return sent ? <p>Sent</p> : <button onClick={() => setSent(true)}>Send</button>;
}
function Orders() {
  const resource = useResource(load);
  if (resource.state === 'loading') return <p>Loading…</p>;
  if (resource.state === 'signed-out') return <h1>Please sign in</h1>;
  if (resource.state === 'failed') return <p>{resource.message}</p>;
  const { items } = resource.data;
  return (
    <main>
      <h1>My orders</h1>
      {items.length === 0 ? <p>Nothing yet</p> : items.map((item) => <li key={item.id}>{item.paid && <b>Paid</b>}</li>)}
      <Note />
    </main>
  );
}`;

test('a page that runs in the browser ends as the API it calls and what the answers hold', () => {
  const model = shopModel(SERVER, mounted(LOADING));
  const page = pageOf(model, 'PAGE /orders');
  expect(page).toMatchObject({ rendered: 'client', calls: ['GET /api/me', 'GET /api/orders'] });
  expect(page.components).toEqual(['Note', 'Orders', 'Shell']);
  expect(endings(page)).toEqual([
    'Please sign in: (anonymous | absent session)',
    'Something went wrong: not <GET /api/me>',
    'My orders | Send: authenticated & exists order',
    'Nothing yet | My orders | Send: authenticated & absent order',
    'Paid | My orders | Send: authenticated & exists order & exists order#3',
  ]);
});

test('requests of one page that read the same find the same rows', () => {
  const { reads } = pageOf(shopModel(SERVER, mounted(LOADING)), 'PAGE /orders');
  expect(
    reads.filter(({ table }) => table === 'public.sessions' || table === 'sessions'),
  ).toHaveLength(1);
});

test('what only a click leads to is told by name', () => {
  const { findings } = shopModel(SERVER, mounted(LOADING));
  const notes = findings.filter(({ code }) => code === 'model.pageInteraction');
  expect(notes.map(({ severity, facts }) => [severity, facts['component']])).toEqual([
    ['note', 'Note'],
  ]);
});

test('a rejected promise goes to its catch', () => {
  const page = pageOf(
    shopModel(
      SERVER,
      mounted(`
        function Orders() {
          const [rows, setRows] = useState(null);
          const [error, setError] = useState(null);
          useEffect(() => {
            fetch('/api/orders')
              .then((r) => { if (!r.ok) throw new Error('Not for you'); return r.json(); })
              .then((body) => setRows(body.items))
              .catch((err) => setError(err.message));
          }, []);
          if (error) return <p>{error}</p>;
          if (!rows) return <p>Loading</p>;
          return rows.length === 0 ? <p>Nothing yet</p> : <p>Here they are</p>;
        }`),
    ),
    'PAGE /orders',
  );
  expect(endings(page)).toEqual([
    'Not for you: (anonymous | absent session)',
    'Nothing yet: authenticated & absent order',
    'Here they are: authenticated & exists order',
  ]);
});

test('the entry file is found through the bundler, whatever it is called', () => {
  const entry = mounted('const Orders = () => <p>Hello</p>;')['client/orders.tsx'];
  const model = shopModel(SERVER, {
    'web/main.tsx': entry,
    'build.ts': `import { build } from 'esbuild'; build({ entryPoints: { orders: 'web/main.tsx' }, outdir: 'assets' });`,
  });
  expect(endings(pageOf(model, 'PAGE /orders'))).toEqual(['Hello: ']);
});

test('a call that no route answers is a finding', () => {
  const model = shopModel(
    SERVER,
    mounted(`
      function Orders() {
        const [rows, setRows] = useState(null);
        useEffect(() => { fetch('/api/nothing').then((r) => r.json()).then(setRows); }, []);
        return <p>{rows ? 'There' : 'Waiting'}</p>;
      }`),
  );
  expect(model.findings.map(({ code }) => code)).toContain('model.unresolvedPageCall');
});

test('what the shell shows is on every screen', () => {
  const shell = SERVER.replace('<body>', '<body><header>My shop</header>');
  const page = pageOf(shopModel(shell, mounted(LOADING)), 'PAGE /orders');
  expect(page.outcomes.map(({ text }) => text.at(-1))).toEqual(Array(5).fill('My shop'));
  expect(page.outcomes.map(({ text }) => text[0])).toContain('Please sign in');
});
