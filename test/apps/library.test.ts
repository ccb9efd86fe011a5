import { randomUUID } from 'node:crypto';
import { KeyTest, type Row, type World } from './key-test.ts';

const key = new KeyTest('library');
const on = key.on.bind(key);

let counter = 0;
const next = () => ++counter;
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

const path = (w: World, id: unknown = randomUUID()) =>
  (w.route.split(' ')[1] ?? '').replace(/:\w+/, String(id));
const member = (w: World, row: Row = {}) =>
  w.insert('members', { email: `m${next()}@example.com`, name: 'Ada', ...row });
const title = (w: World, row: Row = {}) =>
  w.insert('titles', { isbn: `isbn-${next()}`, name: `Title ${next()}`, ...row });
const copy = async (w: World, row: Row = {}, of?: Row) =>
  w.insert('copies', { title_id: (of ?? (await title(w))).id, ...row });
async function loan(w: World, row: Row = {}, of?: Row) {
  const lent = await copy(w, { state: 'lent' }, of);
  const member_id = row.member_id ?? (await member(w)).id;
  return w.insert('loans', { copy_id: lent.id, due_at: inDays(7), ...row, member_id });
}

function takesBody(route: string) {
  const confirm = on(route);
  confirm(400, 'invalid_body', (w) => w.send(path(w), { body: {} }));
  confirm(500, 'internal', (w) => w.send(path(w), { raw: '{"' }), {
    condition: 'cannot be parsed',
  });
  return confirm;
}

on('GET /healthz')(200, null, (w) => w.send('/healthz'));

{
  const join = takesBody('POST /members');
  join(409, 'email_taken', async (w) => {
    const { email } = await member(w);
    return w.send(path(w), { body: { email: email.toUpperCase(), name: 'Grace' } });
  });
  join(201, null, (w) => w.send(path(w), { body: { email: 'new@example.com', name: 'Grace' } }));

  const show = on('GET /members/:id');
  const shown = async (w: World, row: Row) => w.send(path(w, (await loan(w, row)).member_id));
  show(404, 'no_member', (w) => w.send(path(w)));
  show(200, null, (w) => shown(w, { due_at: inDays(-1) }), {
    condition: 'a loan that is not returned is late',
    says: '"warning":"late"',
  });
  show(200, null, (w) => shown(w, { due_at: inDays(-1), returned_at: inDays(0) }), {
    condition: 'no loan that',
    says: '"loans":[]',
  });
  key.visit('GET /members/:id', 'with a loan in time', (w) => shown(w, {}));
}

{
  const list = on('GET /titles');
  list(404, 'nothing_found', async (w) => {
    const { name } = await title(w, { retired: true });
    return w.send(`/titles?name=${encodeURIComponent(name)}`);
  });
  list(200, null, async (w) => {
    const { name } = await title(w);
    return w.send(`/titles?name=${encodeURIComponent(name)}`);
  });
  key.visit('GET /titles', 'by no name', (w) => w.send('/titles'));
}

{
  const lend = takesBody('POST /loans');
  const lent = (w: World, memberId: unknown, copyId: unknown) =>
    w.send(path(w), { body: { memberId, copyId } });
  const some = async (w: World, copyRow: Row = {}, titleRow: Row = {}) =>
    lent(w, (await member(w)).id, (await copy(w, copyRow, await title(w, titleRow))).id);
  lend(404, 'no_member', async (w) => lent(w, randomUUID(), (await copy(w)).id));
  lend(403, 'member_blocked', async (w) =>
    lent(w, (await member(w, { blocked_until: inDays(1) })).id, (await copy(w)).id),
  );
  lend(404, 'no_copy', async (w) => lent(w, (await member(w)).id, randomUUID()));
  lend(409, 'title_retired', (w) => some(w, {}, { retired: true }));
  lend(409, 'copy_not_on_shelf', (w) => some(w, { state: 'lost' }));
  lend(409, 'too_many_loans', async (w) => {
    const { id } = await member(w);
    for (let i = 0; i < 3; i++) await loan(w, { member_id: id });
    return lent(w, id, (await copy(w)).id);
  });
  lend(
    500,
    'internal',
    async (w) => {
      const { copy_id } = await loan(w);
      await w.query(`update copies set state = 'shelf' where id = $1`, [copy_id]);
      return lent(w, (await member(w)).id, copy_id);
    },
    { condition: 'a unique index' },
  );
  lend(201, null, async (w) => {
    const { id } = await member(w, { blocked_until: inDays(-1) });
    await loan(w, { member_id: id, returned_at: inDays(0) });
    return lent(w, id, (await copy(w)).id);
  });

  const renew = on('POST /loans/:id/renewals');
  const renewed = async (w: World, row: Row, of?: Row) =>
    w.send(path(w, (await loan(w, row, of)).id));
  renew(404, 'no_open_loan', (w) => w.send(path(w)), { condition: 'no loan' });
  renew(404, 'no_open_loan', (w) => renewed(w, { returned_at: inDays(0) }), {
    condition: 'is returned',
  });
  renew(409, 'renewed_too_often', (w) => renewed(w, { renewals: 2 }));
  renew(409, 'title_on_hold', async (w) => {
    const of = await title(w);
    await w.insert('holds', { member_id: (await member(w)).id, title_id: of.id });
    return renewed(w, {}, of);
  });
  renew(201, null, (w) => renewed(w, { renewals: 1 }));

  const giveBack = on('POST /loans/:id/return');
  giveBack(404, 'no_open_loan', (w) => w.send(path(w)), { condition: 'no loan' });
  giveBack(404, 'no_open_loan', (w) => renewed(w, { returned_at: inDays(0) }), {
    condition: 'is returned',
  });
  giveBack(204, null, (w) => renewed(w, {}));
}

{
  const hold = takesBody('PUT /titles/:id/holds');
  const held = (w: World, titleId: unknown, memberId: unknown) =>
    w.send(path(w, titleId), { body: { memberId } });
  hold(404, 'no_title', async (w) => held(w, randomUUID(), (await member(w)).id), {
    condition: 'no title',
  });
  hold(
    404,
    'no_title',
    async (w) => held(w, (await title(w, { retired: true })).id, (await member(w)).id),
    { condition: 'is retired' },
  );
  hold(409, 'copy_on_shelf', async (w) => held(w, (await copy(w)).title_id, (await member(w)).id));
  hold(409, 'held_already', async (w) => {
    const row = { member_id: (await member(w)).id, title_id: (await title(w)).id };
    await w.insert('holds', row);
    return held(w, row.title_id, row.member_id);
  });
  hold(404, 'no_member', async (w) => held(w, (await title(w)).id, randomUUID()));
  hold(201, null, async (w) =>
    held(w, (await copy(w, { state: 'lent' })).title_id, (await member(w)).id),
  );

  const retire = on('DELETE /titles/:id');
  const retired = async (w: World, row: Row, state = 'shelf') =>
    w.send(path(w, (await copy(w, { state }, await title(w, row))).title_id));
  retire(409, 'copies_lent', (w) => retired(w, {}, 'lent'));
  retire(404, 'no_title', (w) => w.send(path(w)), { condition: 'no title' });
  retire(404, 'no_title', (w) => retired(w, { retired: true }), { condition: 'is retired' });
  retire(204, null, (w) => retired(w, {}));
}

key.confirm({
  ready: '/healthz',
  codeOf: (body) => body.error,
  untaken: {
    'the row breaks no other constraint': [
      "src/app.ts: no else error instanceof Error && 'code' in error && error.code === '23503'",
      "src/app.ts: no else error instanceof Error && 'code' in error && error.code === '23505'",
      "src/app.ts: not && error instanceof Error && 'code' in error && error.code === '23503'",
      "src/app.ts: not && error instanceof Error && 'code' in error && error.code === '23505'",
      "src/app.ts: not && error instanceof Error && 'code' in error (2 times)",
    ],
    'it is for the process, not for a request': [
      'src/server.ts: function () => { server.close(); void pool.end(); }',
    ],
  },
});
