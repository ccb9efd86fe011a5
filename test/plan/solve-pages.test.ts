import { describe, expect, it } from 'vitest';
import { solvePlans } from '../../src/plan/solve.ts';
import { deriveScenarios } from '../../src/scenarios/derive.ts';
import { shopModel } from '../setup/pages.ts';

const SHOP = `
app.get('/api/orders', async (c) => c.json({ items: await db.select().from(orders) }));
const Body = ({ rows }) => (
  <main>
    <h1>Orders</h1>
    {rows.length === 0 ? <p>Nothing yet</p> : rows.map((row) => <p>{row.status === 'paid' ? 'Paid' : 'Open'}</p>)}
  </main>
);
app.get('/list', async (c) => c.html(<Body rows={await db.select().from(orders)} />));
app.get('/orders', (c) => c.html('<div id="root"></div><script src="/assets/orders.js"></script>'));`;

const CLIENT = `
import { createRoot } from 'react-dom/client';
import { useEffect, useState } from 'react';
function Orders() {
  const [rows, setRows] = useState(null);
  useEffect(() => { fetch('/api/orders').then((r) => r.json()).then((body) => setRows(body.items)); }, []);
  if (!rows) return <p>Loading</p>;
  return rows.length === 0 ? <p>Nothing yet</p> : <p>Here they are</p>;
}
createRoot(document.getElementById('root')).render(<Orders />);`;

describe('solvePlans on pages', () => {
  const model = shopModel(SHOP, { 'client/orders.tsx': CLIENT });
  const { plans } = solvePlans(model, deriveScenarios(model));
  const planOf = (id: string) => plans.find((plan) => plan.id === id);

  it('opens a page in a browser where its script makes it, else only asks for it', () => {
    const visits = plans.map(({ id, when }) => [id.split(' › ')[0], when.at(-1)?.visit ?? false]);
    expect(new Map(visits.map(([id, visit]) => [String(id), visit]))).toEqual(
      new Map([
        ['GET /api/orders', false],
        ['PAGE /list', false],
        ['PAGE /orders', true],
      ]),
    );
  });

  it('expects what is surely shown, and nothing of an ending that is ruled out', () => {
    expect(planOf('PAGE /list › nothing_yet')?.then.text).toEqual({
      present: ['Nothing yet', 'Orders'],
      absent: ['Open', 'Paid'],
    });
  });

  it('leaves open what may stand beside', () => {
    expect(planOf('PAGE /list › paid')?.then.text).toEqual({
      present: ['Orders', 'Paid'],
      absent: ['Nothing yet'],
    });
  });
});
