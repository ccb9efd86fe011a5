import { KeyTest, type Row, type World } from './key-test.ts';

const key = new KeyTest('ferry');
const on = key.on.bind(key);

let counter = 0;
const next = () => ++counter;
const UNKNOWN = 999_999_999;

async function captain(w: World) {
  const token = `token-${next()}`;
  const { id } = await w.insert('captains', { name: 'Ada', token });
  return { id, headers: { authorization: token } };
}

const path = (w: World, id: unknown = 1) =>
  (w.route.split(' ')[1] ?? '').replace(/:\w+/, String(id));
const crossing = async (w: World, row: Row = {}) =>
  w.insert('crossings', {
    harbour: 'Dover',
    seats: 4,
    ...row,
    captain_id: row.captain_id ?? (await captain(w)).id,
  });

function byCaptain(route: string) {
  const confirm = on(route);
  confirm(401, 'token_missing', (w) => w.send(path(w)));
  confirm(401, 'token_unknown', (w) => w.send(path(w), { headers: { authorization: 'none' } }));
  return confirm;
}

on('GET /healthz')(200, null, (w) => w.send('/healthz'));
on('GET /timetable')(302, null, (w) => w.send('/timetable'));

byCaptain('GET /bridge/crossings')(200, null, async (w) => {
  const { id, headers } = await captain(w);
  await crossing(w, { captain_id: id });
  return w.send(path(w), { headers });
});

for (const method of ['PUT', 'PATCH']) {
  const cancel = byCaptain(`${method} /bridge/crossings/:id/cancel`);
  cancel(400, 'FST_ERR_CTP_INVALID_JSON_BODY', async (w) =>
    w.send(path(w), { headers: (await captain(w)).headers, raw: '{"' }),
  );
  cancel(404, 'crossing_not_found', async (w) =>
    w.send(path(w, UNKNOWN), { headers: (await captain(w)).headers }),
  );
  cancel(403, 'not_your_crossing', async (w) =>
    w.send(path(w, (await crossing(w)).id), { headers: (await captain(w)).headers }),
  );
  const mine = async (w: World, row: Row) => {
    const { id, headers } = await captain(w);
    return w.send(path(w, (await crossing(w, { captain_id: id, ...row })).id), { headers });
  };
  cancel(409, 'already_cancelled', (w) => mine(w, { cancelled_at: new Date() }));
  cancel(204, null, (w) => mine(w, {}));
}

{
  const show = on('GET /crossings/:id');
  show(404, 'crossing_not_found', (w) => w.send(path(w, UNKNOWN)));
  show(200, null, async (w) => w.send(path(w, (await crossing(w)).id)));

  const book = on('POST /crossings/:id/tickets');
  const body = { holder: 'Grace' };
  const booked = async (w: World, row: Row) =>
    w.send(path(w, (await crossing(w, row)).id), { body });
  book(400, 'FST_ERR_CTP_INVALID_JSON_BODY', (w) => w.send(path(w), { raw: '{"' }));
  book(422, 'invalid', (w) => w.send(path(w), { body: {} }));
  book(404, 'crossing_not_found', (w) => w.send(path(w, UNKNOWN), { body }));
  book(409, 'crossing_cancelled', (w) => booked(w, { cancelled_at: new Date() }));
  book(409, 'crossing_full', (w) => booked(w, { seats: 0 }));
  book(409, 'ticket_held', async (w) => {
    const { id } = await crossing(w);
    await w.insert('tickets', { crossing_id: id, ...body });
    return w.send(path(w, id), { body });
  });
  book(201, null, (w) => booked(w, {}));
}

key.confirm({
  ready: '/healthz',
  codeOf: (body) => body.code,
  untaken: {
    'no route leads there': [
      "src/app.ts: function () => Promise.all([harbour.get('/wind'), harbour.get('/waves')])",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: code of the app, as it stands there
      'src/app.ts: function (path: string) => fetch(`https://harbour.example${path}`)',
    ],
    'no request makes the app or its database fail': [
      "src/app.ts: ?? error.code ?? 'internal'",
      'src/app.ts: ?? error.statusCode ?? 500',
    ],
    'it is for the process, not for a request': ['src/server.ts: ?? process.env.PORT ?? 3000'],
  },
});
