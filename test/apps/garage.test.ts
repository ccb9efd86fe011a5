import { type Answer, KeyTest, type Row, type World } from './key-test.ts';

const key = new KeyTest('garage');
const on = key.on.bind(key);

let counter = 0;
const next = () => ++counter;
const UNKNOWN = 999_999_999;

async function keyOf(w: World, role = 'attendant'): Promise<Record<string, string>> {
  const api_key = `key-${next()}`;
  await w.insert('attendants', { name: 'Sam', role, api_key });
  return { 'x-api-key': api_key };
}

const path = (w: World, id: unknown = 1) =>
  (w.route.split(' ')[1] ?? '').replace(/:\w+/, String(id));
const level = (w: World, row: Row = {}) =>
  w.insert('levels', { name: `Level ${next()}`, spaces: 5, ...row });
const stay = async (w: World, row: Row = {}) =>
  w.insert('stays', { level_id: (await level(w)).id, plate: `AB ${next()}`, ...row });

function keyed(route: string) {
  const confirm = on(route);
  confirm(401, 'key_missing', (w) => w.send(path(w)));
  confirm(401, 'key_unknown', (w) => w.send(path(w), { headers: { 'x-api-key': 'none' } }));
  if (route.startsWith('POST')) {
    confirm(400, 'malformed_request', (w) => w.send(path(w), { raw: '{"' }));
  }
  return confirm;
}

on('GET /healthz')(200, null, (w) => w.send('/healthz'));

for (const version of ['v1', 'v2']) {
  keyed(`GET /api/${version}/levels`)(200, null, async (w) =>
    w.send(path(w), { headers: await keyOf(w) }),
  );

  const create = keyed(`POST /api/${version}/levels`);
  const by = async (w: World, role: string, body: unknown) =>
    w.send(path(w), { headers: await keyOf(w, role), body });
  const wanted = () => ({ name: `New ${next()}`, spaces: 3 });
  create(403, 'managers_only', (w) => by(w, 'attendant', wanted()));
  create(422, 'level_invalid', (w) => by(w, 'manager', { name: 'New' }));
  create(409, 'name_taken', async (w) =>
    by(w, 'manager', { ...wanted(), name: (await level(w)).name }),
  );
  create(201, null, (w) => by(w, 'manager', wanted()));
}

{
  const enter = keyed('POST /api/levels/:levelId/stays');
  const into = async (w: World, id: unknown, body: unknown = { plate: `CD ${next()}` }) =>
    w.send(path(w, id), { headers: await keyOf(w), body });
  enter(422, 'plate_missing', async (w) => into(w, (await level(w)).id, {}));
  key.visit('POST /api/levels/:levelId/stays', 'without a body', async (w) =>
    w.send(path(w), { headers: await keyOf(w) }),
  );
  enter(404, 'level_not_found', (w) => into(w, UNKNOWN));
  enter(409, 'level_closed', async (w) => into(w, (await level(w, { closed_at: new Date() })).id));
  enter(409, 'already_inside', async (w) =>
    into(w, (await level(w)).id, { plate: (await stay(w)).plate }),
  );
  enter(201, null, async (w) => {
    const { plate } = await stay(w, { left_at: new Date() });
    return into(w, (await level(w)).id, { plate });
  });

  const show = keyed('GET /api/stays/:id');
  const shown = async (w: World, id: unknown) => w.send(path(w, id), { headers: await keyOf(w) });
  show(404, 'stay_not_found', (w) => shown(w, UNKNOWN));
  show(200, null, async (w) => shown(w, (await stay(w)).id));

  for (const route of ['POST /api/stays/:id/exit', 'POST /api/exits/:id']) {
    const exit = keyed(route);
    const left = async (w: World, row: Row): Promise<Answer> => shown(w, (await stay(w, row)).id);
    exit(404, 'stay_not_found', (w) => shown(w, UNKNOWN));
    exit(409, 'already_left', (w) => left(w, { paid_at: new Date(), left_at: new Date() }));
    exit(402, 'unpaid', (w) => left(w, {}));
    exit(204, null, (w) => left(w, { paid_at: new Date() }));
  }
}

on('GET /old/stays/:id')(301, null, (w) => w.send('/old/stays/1'));
on('HEAD /barrier')(204, null, (w) => w.send('/barrier'));

const free = on('GET /barrier/free');
free(200, null, async (w) => {
  await level(w);
  return w.send('/barrier/free');
});
free(
  503,
  'garage_closed',
  async (w) => {
    await w.query('update levels set closed_at = now()');
    return w.send('/barrier/free');
  },
  { alone: true },
);

key.confirm({
  ready: '/healthz',
  codeOf: (body) => body.error,
  untaken: {
    'no route leads there': [
      "src/app.ts: function () => Promise.all([client.get('/api/v1/levels'), client.get('/healthz')])",
      "src/app.ts: function (_req, res) => { res.status(404).json({ error: 'no_route' }); }",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: code of the app, as it stands there
      'src/app.ts: function (path: string) => fetch(`https://gate.example${path}`)',
    ],
    'no request makes the app or its database fail': [
      "src/errors.ts: no else error.type === 'entity.parse.failed'",
      'src/errors.ts: then return next(error);',
      'src/routes/stays.ts: catch { next(error); }',
    ],
    'it is for the process, not for a request': ['src/server.ts: ?? process.env.PORT ?? 3000'],
  },
});
