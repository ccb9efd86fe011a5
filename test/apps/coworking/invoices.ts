// Invoices: the member's side, and voiding them.
import { randomUUID } from 'node:crypto';
import type { Row } from '../app.ts';
import { next, on, type World } from './world.ts';

on('GET /api/v1/invoices')(200, null, async (w, route) => {
  const member = await w.member();
  await w.invoice(member);
  await w.invoice(member, { status: 'draft' });
  const outcome = await w.call(route, member, { query: 'status=open&limit=5' });
  if (outcome.body.total !== 1) throw new Error('the list is wrong');
  return outcome;
});

const pay = on('POST /api/v1/invoices/:id/pay');
const payment = (change: Row = {}) => ({
  body: { amountCents: 1_500, reference: `bank-${next()}`, ...change },
});
async function settle(w: World, row: Row = {}, change: Row = {}) {
  const member = await w.member();
  const { id } = await w.invoice(member, row);
  return w.call('POST /api/v1/invoices/:id/pay', member, { id, ...payment(change) });
}
const none = 'invoice_not_found';
pay(
  404,
  none,
  async (w, route) => w.call(route, await w.member(), { id: randomUUID(), ...payment() }),
  'no invoice has this id',
);
pay(
  404,
  none,
  async (w, route) => {
    const { id } = await w.invoice(await w.member());
    return w.call(route, await w.member(), { id, ...payment() });
  },
  'belongs to another account',
);
pay(404, none, (w) => settle(w, { status: 'draft' }), 'is a draft');
pay(409, 'invoice_already_paid', (w) => settle(w, { status: 'paid' }));
pay(409, 'invoice_void', (w) => settle(w, { status: 'void' }));
pay(422, 'amount_mismatch', (w) => settle(w, {}, { amountCents: 1_499 }));
pay(409, 'reference_used', async (w) => {
  const reference = `used-${next()}`;
  await w.payment(await w.invoice(await w.member()), reference);
  return settle(w, {}, { reference });
});
pay(200, null, (w) => settle(w));

const cancel = on('POST /api/v1/invoices/:id/void');
const byAdmin = async (w: World, route: string, row: Row) => {
  const { id } = await w.invoice(await w.member(), row);
  return w.call(route, await w.admin(), { id });
};
cancel(404, none, async (w, route) => w.call(route, await w.admin(), { id: randomUUID() }));
cancel(409, 'invoice_already_paid', (w, route) => byAdmin(w, route, { status: 'paid' }));
cancel(204, null, (w, route) => byAdmin(w, route, { status: 'void' }), 'void already');
cancel(204, null, (w, route) => byAdmin(w, route, { status: 'draft' }), 'is removed');
cancel(204, null, (w, route) => byAdmin(w, route, { status: 'open' }), 'is void now');
