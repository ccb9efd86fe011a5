import { get, getText, post } from './api.js';
import { attempt, el, say } from './dom.js';
import { standing } from './runs.js';

const REPOS = 'statewright-repos';
const repos = () => JSON.parse(sessionStorage.getItem(REPOS) ?? '{}');

/** Which repo of the service's machine a planning is of: where its states are set up. */
export function rememberRepo(planning, repo) {
  sessionStorage.setItem(REPOS, JSON.stringify({ ...repos(), [planning]: repo }));
}

/** One planning: routes, their endings, and the one that was chosen. */
export async function planning(main, id) {
  const { repo, endings } = await get(`/v1/plans/${encodeURIComponent(id)}/endings`);
  const panel = el(
    'article',
    { class: 'plan', 'aria-label': 'Ending' },
    el('p', { class: 'fine' }, 'Choose an ending.'),
  );
  const total = el('p', {}, summary(endings));
  let chosen = null;
  const show = async (ending, entry) => {
    chosen = ending.id;
    mark(main, chosen);
    const proved = (verdict) => {
      ending.verdict = verdict;
      entry.refresh();
      total.textContent = summary(endings);
      return show(ending, entry);
    };
    await showEnding(panel, { planning: id, ending, proved });
  };
  const choose = (ending, entry) => attempt(() => show(ending, entry))();
  const routes = Map.groupBy(endings, ({ route }) => route);
  const entries = [...routes].map(([route, own]) => routeEntry(route, own, choose));
  const filter = el('input', {
    type: 'search',
    oninput: soon(() => {
      narrow(entries, filter.value);
      mark(main, chosen);
    }),
  });
  main.replaceChildren(
    el('h2', {}, repo.name),
    total,
    el('p', { class: 'filter' }, el('label', {}, 'Route or ending', filter)),
    el(
      'div',
      { class: 'two' },
      el(
        'div',
        {},
        entries.map(({ element }) => element),
      ),
      panel,
    ),
  );
}

function summary(endings) {
  const scenarios = endings.filter(({ variantOf }) => variantOf === null);
  const open = scenarios.filter(({ unplanned }) => unplanned !== null).length;
  const plans = endings.length - open;
  const proven = endings.filter(({ verdict }) => verdict === 'proven').length;
  const fired = endings.filter(({ verdict }) => verdict !== null).length;
  const told = `${plans} plans for ${scenarios.length} endings; ${open} without one.`;
  return fired === 0 ? told : `${told} ${fired} fired, ${proven} proven.`;
}

function mark(main, id) {
  for (const button of main.querySelectorAll('.endings-of button')) {
    button.ariaPressed = String(button.dataset.id === id);
  }
}

/** Calls once typing has paused. */
function soon(work) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, 120);
  };
}

/** A route with its endings, whose buttons are made when it is first opened: an app may have thousands. */
function routeEntry(route, endings, choose) {
  const planned = endings.filter(({ unplanned }) => unplanned === null).length;
  const count = el('span', { class: 'fine' }, `${planned} of ${endings.length} planned`);
  const list = el('div');
  const element = el(
    'details',
    { class: 'endings-of' },
    el('summary', {}, el('code', {}, route), count),
    list,
  );
  const entry = { element, endings, shown: endings, refresh };
  function refresh() {
    if (!element.open) return list.replaceChildren();
    list.replaceChildren(
      ...entry.shown.map((ending) => buttonOf(ending, () => choose(ending, entry))),
    );
  }
  element.addEventListener('toggle', refresh);
  return entry;
}

function buttonOf(ending, onclick) {
  const { id, title, status, unplanned, verdict } = ending;
  return el(
    'button',
    { type: 'button', 'aria-pressed': 'false', 'data-id': id, onclick },
    el('code', {}, String(status ?? '—')),
    el('span', {}, title),
    el(
      'span',
      { class: verdict ? `verdict ${verdict}` : 'fine' },
      verdict ?? unplanned ?? 'planned',
    ),
  );
}

/** Routes with that many endings or fewer are opened by a search. */
const OPENED = 200;

function narrow(entries, text) {
  const wanted = text.trim().toLowerCase();
  for (const entry of entries) {
    entry.shown = entry.endings.filter(({ id }) => id.toLowerCase().includes(wanted));
    entry.element.hidden = entry.shown.length === 0;
  }
  const found = entries.reduce((sum, { shown }) => sum + shown.length, 0);
  for (const entry of entries) {
    entry.element.open = wanted !== '' && found <= OPENED && entry.shown.length > 0;
    entry.refresh();
  }
}

async function showEnding(panel, { planning: from, ending, proved }) {
  const markup = await getText(`/v1/plans/${from}/ending?id=${encodeURIComponent(ending.id)}`);
  // The service's own markup: every value in it is escaped there, and no script runs in this page but its own.
  panel.innerHTML = markup;
  if (ending.unplanned === null) panel.append(standForm(panel, { from, ending, proved }));
  panel.querySelector('h2')?.focus();
}

/** Sets the state up to be looked at, or only fires its request. */
function standForm(panel, { from, ending, proved }) {
  const repo = el('input', {
    ...{ name: 'repo', value: repos()[from], placeholder: 'empty: the enrolled database' },
  });
  const hours = el('input', {
    ...{ name: 'hours', type: 'number', min: '0.1', max: '168', step: '0.1', value: '1' },
  });
  const submit = attempt(async ({ submitter }) => {
    if (repo.value) rememberRepo(from, repo.value);
    if (submitter?.value === 'prove') return prove({ from, ending, proved, repo });
    say('Setting it up…');
    const place = repo.value ? { repo: repo.value } : { planning: from };
    const run = await post('/v1/runs', { plan: ending.id, hours: Number(hours.value), ...place });
    say('It stands.');
    const box = standing(run);
    panel.append(box);
    box.focus();
  });
  return el(
    'form',
    { onsubmit: submit },
    el('label', {}, 'Its repo on the service’s machine', repo),
    el('label', {}, 'Hours', hours),
    el('button', { type: 'submit', value: 'up' }, 'Set up'),
    el('button', { type: 'submit', value: 'prove' }, 'Prove'),
  );
}

async function prove({ from, ending, proved, repo }) {
  if (!repo.value) {
    repo.focus();
    throw new Error('Proving starts the app: name its repo.');
  }
  say('Firing its request…');
  const { proofs } = await post(`/v1/plans/${from}/proofs`, {
    ...{ plans: [ending.id], repo: repo.value },
  });
  const [{ verdict }] = proofs;
  await proved(verdict);
  say(`It is ${verdict}.`);
}
