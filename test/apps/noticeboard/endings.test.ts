import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readModel } from '../../../src/operations/reading.ts';
import { confirmKey } from '../key.ts';
import { confirmations, inHours, on, UNKNOWN, World } from './world.ts';

const APP = new URL('../../../fixtures/apps/noticeboard/', import.meta.url).pathname;
const MANIFEST = `${APP}.next/server/pages-manifest.json`;

const get = (w: World, route: string) => w.call(route);
on('ALL /api/health')(200, null, (w) => w.call('GET /api/health'));
on('GET /api/lists/*path')(404, 'no_such_list', (w, route) => w.call(route, { key: 'none' }));
on('GET /api/lists/*path')(200, null, (w, route) => w.call(route, { key: 'lost/today' }));
on('GET /api/notices')(200, null, get);

const create = on('POST /api/notices');
const BODY = { title: 'A bicycle', kind: 'offer' };
create(400, null, (w, route) => w.call(route, { raw: '{' }));
const REMOVE = 'DELETE /api/notices/:id';
for (const route of ['POST /api/notices', REMOVE]) {
  const refuse = on(route);
  const send = async (w: World, as: string | null) =>
    w.call(route, { as, key: (await w.notice()).id, body: BODY });
  refuse(401, 'unknown_member', (w) => send(w, null), 'no x-member-key');
  refuse(401, 'unknown_member', (w) => send(w, 'nobody'), 'nobody has');
  refuse(
    401,
    'unknown_member',
    async (w) => send(w, (await w.member({ left_at: inHours(-1) })).key),
    'has left',
  );
}
const pin = async (w: World, body: unknown) =>
  w.call('POST /api/notices', { as: (await w.member()).key, body });
create(422, 'invalid_notice', (w) => pin(w, { title: '', kind: 'offer' }));
create(409, 'title_taken', async (w) => pin(w, { ...BODY, title: (await w.notice()).title }));
create(201, null, (w) => pin(w, { ...BODY, title: `New ${Date.now()}` }));

for (const route of ['GET /api/notices/:id', REMOVE]) {
  const miss = on(route);
  miss(404, 'no_such_notice', (w) => w.call(route, { key: 'x' }), 'nine digits');
  miss(404, 'no_such_notice', (w) => w.call(route, { key: UNKNOWN }), 'no notice has');
}
const show = on('GET /api/notices/:id');
const shown = async (w: World, row = {}) =>
  w.call('GET /api/notices/:id', { key: (await w.notice(row)).id });
show(307, null, (w) => shown(w, { moved_to: 1 }));
show(200, null, (w) => shown(w));
const remove = on(REMOVE);
remove(403, 'not_yours', async (w, route) =>
  w.call(route, { as: (await w.member()).key, key: (await w.notice()).id }),
);
remove(204, null, async (w, route) => {
  const member = await w.member();
  return w.call(route, { as: member.key, key: (await w.notice({ member_id: member.id })).id });
});

const board = on('PAGE /');
board(200, null, (w, route) => w.in('empty').call(route), 'there is no notice');
board(
  200,
  null,
  async (w, route) => {
    const { title } = await w.notice();
    const outcome = await w.call(route);
    expect(outcome.text).toContain(title);
    return outcome;
  },
  'there are notices',
);
board(
  200,
  null,
  async (w, route) => {
    await w.notice({ kind: 'lost' });
    return w.call(route);
  },
  'kind lost',
);

const page = on('PAGE /notices/:id');
const open = async (w: World, row = {}, reply = false) => {
  const notice = await w.notice(row);
  if (reply) await w.reply(notice);
  return w.call('PAGE /notices/:id', { key: notice.id });
};
page(404, null, (w, route) => w.call(route, { key: 'x' }), 'nine digits');
page(404, null, (w, route) => w.call(route, { key: UNKNOWN }), 'no notice has');
page(308, null, (w) => open(w, { moved_to: 1 }));
page(200, null, (w) => open(w, { expires_at: inHours(-1) }), 'expires_at');
page(200, null, (w) => open(w), 'there is no reply');
page(200, null, (w) => open(w, {}, true), 'there is a reply');
on('PAGE /help')(200, null, get);
on('PAGE /help/*topic')(200, null, (w, route) => w.call(route, { key: 'keys/lost' }));

confirmKey('noticeboard', confirmations, () => World.open());

test('has the pages and API routes of the build', async () => {
  const { model } = await readModel(APP, { emit: () => undefined });
  const [app] = model.apps;
  const paths = [...(app?.routes ?? []), ...(app?.pages ?? [])].map(({ path }) => path);
  const built = Object.keys(JSON.parse(readFileSync(MANIFEST, 'utf8')))
    .filter((path) => !/^\/(_|404|500)/.test(path))
    .flatMap((path) => {
      const rest = /^(.*)\/\[\[\.\.\.(\w+)\]\]$/.exec(path);
      if (rest) return [rest[1], `${rest[1]}/*${rest[2]}`];
      return [path.replace(/\[\.\.\.(\w+)\]/g, '*$1').replace(/\[(\w+)\]/g, ':$1')];
    });
  expect([...new Set(paths)].sort()).toEqual(built.sort());
});
