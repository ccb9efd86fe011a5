import { get, remove } from './api.js';
import { attempt, el, facts, left, say, table, when } from './dom.js';

const HANDLES = 'statewright-handles';
const handles = () => JSON.parse(sessionStorage.getItem(HANDLES) ?? '{}');

/** A run that was just set up: its handle, how long it stands, and the way to take it down. */
export function standing(run) {
  sessionStorage.setItem(HANDLES, JSON.stringify({ ...handles(), [run.id]: run.handle }));
  const time = el('span', { role: 'timer' }, left(run.expiresAt));
  const ticking = setInterval(() => {
    time.textContent = left(run.expiresAt);
    if (!time.isConnected) clearInterval(ticking);
  }, 1000);
  const box = el('section', { class: 'standing', 'aria-label': 'The run', tabindex: '-1' });
  const down = attempt(async () => {
    await takeDown(run.id);
    box.replaceChildren(el('p', {}, 'Taken down.'));
  });
  const rows = Object.entries(run.refs).map(([name, row]) => [
    name,
    el('code', {}, JSON.stringify(row)),
  ]);
  box.append(
    el('h3', {}, `Run ${run.id}`),
    facts([
      ['Time left', time],
      ['Handle', el('code', {}, run.handle)],
      ...(run.app ? [['App', el('a', { href: run.app.url, rel: 'noreferrer' }, run.app.url)]] : []),
      [
        'Requests',
        el('code', {}, run.when.map(({ method, path }) => `${method} ${path}`).join(', ')),
      ],
    ]),
    el('button', { type: 'button', onclick: down }, 'Take down'),
    el('details', {}, el('summary', {}, 'Rows'), table(['Row', 'Columns'], rows)),
  );
  return box;
}

async function takeDown(id) {
  const done = await remove(`/v1/runs/${id}`, { 'statewright-handle': handles()[id] ?? '' });
  say(done.already ? 'It was down already.' : 'Taken down.');
}

export async function runs(main) {
  const { items } = await get('/v1/runs?limit=100');
  const known = handles();
  const rows = items.map((run) => {
    const down = attempt(async () => {
      await takeDown(run.id);
      await runs(main);
    });
    const own = run.state === 'up' && known[run.id];
    return [
      el('code', {}, run.id),
      run.plan,
      run.place,
      run.state,
      run.state === 'up' ? left(run.expiresAt) : '—',
      when(run.createdAt),
      own ? el('button', { type: 'button', onclick: down }, 'Take down') : '',
    ];
  });
  main.replaceChildren(
    el('h2', {}, 'Runs'),
    rows.length === 0
      ? el('p', { class: 'fine' }, 'None yet. Choose a plan and set it up.')
      : table(['Run', 'Plan', 'Place', 'State', 'Time left', 'Since', 'Action'], rows),
  );
}
