// Plots, applying for them, and the stewards' decisions.
import type { Row } from '../app.ts';
import { day, inHours, next, on, UNKNOWN_NUMBER, type World } from './world.ts';

const list = on('PAGE /plots');
list(400, null, (w, route) => w.call(route, null, { query: 'status=lost' }));
list(200, null, (w, route) => w.in('empty').call(route, null), 'no plot has');
list(
  200,
  null,
  async (w, route) => {
    await w.plot();
    return w.call(route, null, { query: 'status=free' });
  },
  'listed plot is free',
);
list(
  200,
  null,
  async (w, route) => {
    await w.plot({ gardener_id: (await w.gardener()).id });
    return w.call(route, null, { query: 'status=taken' });
  },
  'listed plot is taken',
);
list(
  200,
  null,
  async (w, route) => {
    await w.plot({ status: 'resting' });
    return w.call(route, null);
  },
  'listed plot is resting',
);

const view = on('PAGE /plots/:number');
const act = on('POST /plots/:number');
for (const [entry, route] of [
  [view, 'PAGE /plots/:number'],
  [act, 'POST /plots/:number'],
] as const) {
  entry(404, null, async (w) => w.call(route, await w.gardener(), { key: 'x' }), 'six digits');
  entry(
    404,
    null,
    async (w) => w.call(route, await w.gardener(), { key: UNKNOWN_NUMBER }),
    'no plot has',
  );
}

const show = (w: World, plot: Row, as: Row | null) =>
  w.call('PAGE /plots/:number', as, { key: plot.number });
view(200, null, async (w) => show(w, await w.plot(), null), 'has no description');
view(
  200,
  null,
  async (w) => {
    const description = `Beside pear tree ${next()}`;
    const outcome = await show(w, await w.plot({ description }), null);
    if (!outcome.text.includes(description)) throw new Error('it is not shown');
    return outcome;
  },
  'has a description',
);
view(
  200,
  null,
  async (w) => {
    const gardener = await w.gardener();
    return show(w, await w.plot({ gardener_id: gardener.id }), gardener);
  },
  'viewer has the plot',
);
view(
  200,
  null,
  async (w) => show(w, await w.plot({ gardener_id: (await w.gardener()).id }), await w.gardener()),
  'taken by somebody else',
);
view(200, null, async (w) => show(w, await w.plot({ status: 'resting' }), null), 'is resting');
view(
  200,
  null,
  async (w) => {
    const there = w.in('contrary');
    return show(there, await there.plot(), null);
  },
  'applications is not open',
);
view(200, null, async (w) => show(w, await w.plot(), null), 'and nobody is signed in');
view(
  200,
  null,
  async (w) => {
    const gardener = await w.gardener();
    await w.plot({ gardener_id: gardener.id });
    return show(w, await w.plot(), gardener);
  },
  'has another',
);
for (const [condition, status] of [
  ['has a pending', 'pending'],
  ['has no pending', 'withdrawn'],
] as const) {
  view(
    200,
    null,
    async (w) => {
      const gardener = await w.gardener();
      const plot = await w.plot();
      await w.application(plot, gardener, { status });
      return show(w, plot, gardener);
    },
    condition,
  );
}

const send = (w: World, plot: Row, as: Row, form: Record<string, string>) =>
  w.call('POST /plots/:number', as, { key: plot.number, form });
const APPLY = { intent: 'apply', message: 'I like it' };
const WITHDRAW = { intent: 'withdraw' };
act(
  400,
  null,
  async (w) => send(w, await w.plot(), await w.gardener(), { intent: 'buy' }),
  'the intent is neither',
);
act(400, 'message_too_long', async (w) =>
  send(w, await w.plot(), await w.gardener(), { ...APPLY, message: 'x'.repeat(501) }),
);
act(409, 'plot_not_free', async (w) =>
  send(w, await w.plot({ status: 'resting' }), await w.gardener(), APPLY),
);
act(403, 'applications_closed', async (w) => {
  const there = w.in('contrary');
  return send(there, await there.plot(), await there.gardener(), APPLY);
});
act(409, 'has_plot', async (w) => {
  const gardener = await w.gardener();
  await w.plot({ gardener_id: gardener.id });
  return send(w, await w.plot(), gardener, APPLY);
});
act(402, 'fees_unpaid', async (w) => {
  const gardener = await w.gardener();
  await w.fee(gardener);
  return send(w, await w.plot(), gardener, APPLY);
});
act(409, 'already_applied', async (w) => {
  const gardener = await w.gardener();
  const plot = await w.plot();
  await w.application(plot, gardener);
  return send(w, plot, gardener, APPLY);
});
act(
  302,
  null,
  async (w) => {
    const gardener = await w.gardener();
    await w.fee(gardener, { due_on: day(1) });
    const plot = await w.plot();
    await w.application(plot, gardener, { status: 'rejected' });
    return send(w, plot, gardener, APPLY);
  },
  'is stored',
);
act(404, 'not_applied', async (w) => send(w, await w.plot(), await w.gardener(), WITHDRAW));
act(
  302,
  null,
  async (w) => {
    const gardener = await w.gardener();
    const plot = await w.plot();
    await w.application(plot, gardener);
    return send(w, plot, gardener, WITHDRAW);
  },
  'is withdrawn',
);

// ------------------------------------------------------------ the stewards' desk
const desk = on('PAGE /steward/applications');
const decide = on('POST /steward/applications');
for (const [entry, route] of [
  [desk, 'PAGE /steward/applications'],
  [decide, 'POST /steward/applications'],
] as const) {
  entry(403, null, async (w) => w.call(route, await w.gardener()));
}
desk(200, null, async (w, route) => w.call(route, await w.steward()), 'is a steward');
desk(
  200,
  null,
  async (w, route) => {
    const there = w.in('empty');
    return there.call(route, await there.steward());
  },
  'no application is pending',
);
async function waiting(w: World, plot: Row, row: Row = {}) {
  const application = await w.application(await w.plot(plot), await w.gardener(), row);
  return { application, outcome: await w.call('PAGE /steward/applications', await w.steward()) };
}
desk(
  200,
  null,
  async (w) => {
    const message = `Beans ${next()}`;
    const { outcome } = await waiting(w, {}, { message });
    if (!outcome.raw.includes(`<q>${message}</q>`)) throw new Error('it is not quoted');
    return outcome;
  },
  'has a message',
);
desk(
  200,
  null,
  async (w) => {
    const { outcome, application } = await waiting(w, {});
    const [, item = ''] = outcome.raw.split(new RegExp(`(?=<input[^>]*value="${application.id}")`));
    const before =
      outcome.raw
        .slice(0, outcome.raw.length - item.length)
        .split('<li')
        .at(-1) ?? '';
    if (item === '' || before.includes('<q>')) throw new Error('something is quoted');
    return outcome;
  },
  'no message',
);
desk(200, null, async (w) => (await waiting(w, {})).outcome, 'application is free');
desk(
  200,
  null,
  async (w) => (await waiting(w, { status: 'resting' })).outcome,
  'application is taken',
);

async function verdict(w: World, decision: string, row: Row = {}, plot: Row = {}) {
  const { id } = await w.application(await w.plot(plot), await w.gardener(), row);
  const form = { id: String(id), decision };
  return w.call('POST /steward/applications', await w.steward(), { form });
}
decide(400, 'invalid_form', (w) => verdict(w, 'perhaps'));
decide(404, 'application_not_found', async (w, route) =>
  w.call(route, await w.steward(), { form: { id: '999999', decision: 'approve' } }),
);
decide(409, 'already_decided', (w) =>
  verdict(w, 'reject', { status: 'approved', decided_at: inHours(-1) }),
);
decide(302, null, (w) => verdict(w, 'reject'), 'reject:');
decide(409, 'plot_not_free', (w) => verdict(w, 'approve', {}, { status: 'resting' }));
decide(302, null, (w) => verdict(w, 'approve'), 'approve:');
