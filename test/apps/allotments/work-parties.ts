// Work parties, and the first page, which lists them.
import type { Row } from '../app.ts';
import { inHours, on, UNKNOWN_NUMBER, type World } from './world.ts';

const home = on('PAGE /');
home(
  200,
  null,
  async (w, route) => {
    const outcome = await w.in('contrary').call(route, null);
    if (!outcome.text.includes('Mind the frost')) throw new Error('the notice is missing');
    return outcome;
  },
  'the setting notice',
);
home(200, null, (w, route) => w.call(route, null), 'applications is open');
home(200, null, (w, route) => w.in('contrary').call(route, null), 'applications is anything');
home(200, null, (w, route) => w.in('empty').call(route, null), 'no work party');
home(
  200,
  null,
  async (w, route) => {
    await w.party();
    return w.call(route, null);
  },
  'fewer sign-ups',
);

const full = async (w: World, row: Row = {}) => {
  const party = await w.party({ places: 1, ...row });
  await w.signUp(party, await w.gardener());
  return party;
};
home(
  200,
  null,
  async (w, route) => {
    await full(w);
    return w.call(route, null);
  },
  'as many sign-ups',
);

const view = on('PAGE /work-parties/:id');
const act = on('POST /work-parties/:id');
for (const [entry, route] of [
  [view, 'PAGE /work-parties/:id'],
  [act, 'POST /work-parties/:id'],
] as const) {
  entry(404, null, async (w) => w.call(route, await w.gardener(), { key: 'x' }), 'nine digits');
  entry(
    404,
    null,
    async (w) => w.call(route, await w.gardener(), { key: UNKNOWN_NUMBER }),
    'no work party',
  );
}

const show = (w: World, party: Row, as: Row | null) =>
  w.call('PAGE /work-parties/:id', as, { key: party.id });
const off = { cancelled_at: inHours(-1) };
const past = { starts_at: inHours(-1) };
const soon = { starts_at: inHours(11) };
view(200, null, async (w) => show(w, await w.party(off), null), 'cancelled_at set');
view(200, null, async (w) => show(w, await w.party(past), null), 'not in the future');
const helping = async (w: World, row: Row = {}) => {
  const gardener = await w.gardener();
  const party = await w.party(row);
  await w.signUp(party, gardener);
  return { gardener, party };
};
const helper = async (w: World, row: Row = {}) => {
  const { gardener, party } = await helping(w, row);
  return show(w, party, gardener);
};
view(
  200,
  null,
  async (w) => {
    const outcome = await helper(w, soon);
    if (outcome.text.includes('I cannot come')) throw new Error('there is a button');
    return outcome;
  },
  'there is no button',
);
view(200, null, (w) => helper(w), 'the page says so');
view(200, null, (w) => helper(w), '12 hours away or more');
view(200, null, async (w) => show(w, await full(w), await w.gardener()), 'as many sign-ups');
view(200, null, async (w) => show(w, await w.party(), await w.gardener()), 'who is signed in');
view(200, null, async (w) => show(w, await w.party(), null), 'left, and nobody is signed in');

const send = (w: World, party: Row, as: Row, intent: string) =>
  w.call('POST /work-parties/:id', as, { key: party.id, form: { intent } });
act(410, 'party_cancelled', async (w) => send(w, await w.party(off), await w.gardener(), 'join'));
act(409, 'party_over', async (w) => send(w, await w.party(past), await w.gardener(), 'join'));
act(409, 'too_late', async (w) => {
  const { gardener, party } = await helping(w, soon);
  return send(w, party, gardener, 'leave');
});
act(404, 'not_helping', async (w) => send(w, await w.party(), await w.gardener(), 'leave'));
act(
  302,
  null,
  async (w) => {
    const { gardener, party } = await helping(w);
    return send(w, party, gardener, 'leave');
  },
  'is deleted',
);
act(409, 'party_full', async (w) => send(w, await full(w), await w.gardener(), 'join'));
act(409, 'already_helping', async (w) => {
  const { gardener, party } = await helping(w);
  return send(w, party, gardener, 'join');
});
act(302, null, async (w) => send(w, await w.party(), await w.gardener(), 'join'), 'is stored');
