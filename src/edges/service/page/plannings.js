import { follow, get, getText, post, upload } from './api.js';
import { attempt, el, say, table, when } from './dom.js';
import { standing } from './runs.js';

/** What has been planned, and a way to plan more. */
export async function plannings(main) {
  const { items } = await get('/v1/plans?limit=100');
  const rows = items.map((item) => [
    el('a', { href: `#planning/${item.id}` }, item.repo.name),
    item.repo.commit?.slice(0, 8) ?? '—',
    String(item.scenarios),
    String(item.plans),
    String(item.unsolved),
    when(item.createdAt),
  ]);
  main.replaceChildren(
    el('h2', {}, 'Plan'),
    planForm(),
    el('h2', {}, 'Planned'),
    rows.length === 0
      ? el('p', { class: 'fine' }, 'Nothing yet.')
      : table(['App', 'Commit', 'Endings', 'Plans', 'Unsolved', 'When'], rows),
  );
}

function planForm() {
  const repo = el('input', { name: 'repo', placeholder: '. or a folder under the root' });
  const file = el('input', { type: 'file', name: 'file', accept: '.json,.gz,.tgz,.tar' });
  const progress = el('div', { 'aria-live': 'polite' });
  const submit = attempt(async () => {
    const job = await ask(repo.value, file.files[0]);
    await finish(job, progress);
  });
  return el(
    'form',
    { onsubmit: submit },
    el('label', {}, 'A repo on the service’s machine', repo),
    el('label', {}, 'or a model or archive from here', file),
    el('button', { type: 'submit' }, 'Plan'),
    progress,
  );
}

async function ask(repo, file) {
  if (!file) return post('/v1/plans', { repo: repo || '.' }, { prefer: 'respond-async' });
  if (/\.(t?gz|tar)$/.test(file.name)) {
    return upload(
      '/v1/plans',
      file,
      file.name.endsWith('.tar') ? 'application/x-tar' : 'application/gzip',
    );
  }
  const model = JSON.parse(await file.text());
  return post('/v1/plans', model.model ? model : { model }, { prefer: 'respond-async' });
}

async function finish(job, progress) {
  if (job.plans) {
    location.hash = `#planning/${job.id}`;
    return;
  }
  const bar = el('progress', { 'aria-label': 'Progress' });
  const words = el('p', { class: 'fine' }, 'Waiting for a worker…');
  progress.replaceChildren(bar, words);
  const ended = await follow(job, (event) => {
    if (event.kind === 'stage' && event.total) bar.max = event.total;
    if (event.kind === 'progress') bar.value = event.done;
    if (event.kind === 'done') bar.removeAttribute('value');
    words.textContent = `${event.stage ?? ''} ${event.note ?? ''}`.trim() || words.textContent;
  });
  progress.replaceChildren();
  if (ended.problem) throw new Error(`${ended.problem.detail} ${ended.problem.hint}`);
  if (ended.result) location.hash = `#planning/${ended.result.split('/').at(-1)}`;
}

/** One planning: routes, their endings, and the one that was chosen. */
export async function planning(main, id) {
  const about = await get(`/v1/plans/${id}`);
  const plans = new Map(about.plans.map((plan) => [plan.id, plan]));
  const reasons = new Map(about.unsolved.map((item) => [item.scenario, item]));
  const panel = el(
    'article',
    { class: 'plan', 'aria-label': 'Ending' },
    el('p', { class: 'fine' }, 'Choose an ending.'),
  );
  const choose = (ending, button) =>
    attempt(async () => {
      for (const other of main.querySelectorAll('[aria-pressed=true]')) other.ariaPressed = 'false';
      button.ariaPressed = 'true';
      await showEnding(panel, {
        planning: id,
        ending,
        plan: plans.get(ending),
        repo: about.repo.name,
      });
    })();
  const routes = Map.groupBy(about.scenarios, ({ route }) => route);
  const list = [...routes].map(([route, scenarios]) =>
    routeEntry(route, { scenarios, plans, reasons, choose }),
  );
  const filter = el('input', { type: 'search', oninput: () => narrow(list, filter.value) });
  main.replaceChildren(
    el('h2', {}, about.repo.name),
    el(
      'p',
      {},
      `${plans.size} plans for ${about.scenarios.length} endings; ${reasons.size} without one.`,
    ),
    el('p', { class: 'filter' }, el('label', {}, 'Route or ending', filter)),
    el('div', { class: 'two' }, el('div', {}, list), panel),
  );
}

function routeEntry(route, { scenarios, plans, reasons, choose }) {
  const own = scenarios.flatMap((scenario) => [
    scenario,
    ...[...plans.values()].filter(({ variantOf }) => variantOf === scenario.id),
  ]);
  const planned = own.filter(({ id }) => plans.has(id)).length;
  const buttons = own.map(({ id, title }) => {
    const state = plans.has(id) ? 'planned' : (reasons.get(id)?.feasibility ?? 'open');
    const status = plans.get(id)?.then.status ?? '—';
    const button = el(
      'button',
      { type: 'button', 'aria-pressed': 'false', 'data-id': id },
      el('code', {}, String(status)),
      el('span', {}, title),
      el('span', { class: 'fine' }, state),
    );
    button.addEventListener('click', () => choose(id, button));
    return button;
  });
  const count = el('span', { class: 'fine' }, `${planned} of ${own.length} planned`);
  return el(
    'details',
    { class: 'endings-of' },
    el('summary', {}, el('code', {}, route), count),
    buttons,
  );
}

function narrow(list, text) {
  const wanted = text.toLowerCase();
  for (const entry of list) {
    let shown = 0;
    for (const button of entry.querySelectorAll('button')) {
      button.hidden = !button.dataset.id.toLowerCase().includes(wanted);
      if (!button.hidden) shown += 1;
    }
    entry.hidden = shown === 0;
    entry.open = wanted !== '' && shown > 0;
  }
}

async function showEnding(panel, { planning: from, ending, plan }) {
  const markup = await getText(`/v1/plans/${from}/ending?id=${encodeURIComponent(ending)}`);
  // The service's own markup: every value in it is escaped there, and no script runs in this page but its own.
  panel.innerHTML = markup;
  if (plan) panel.append(setUpForm(from, plan, panel));
  panel.querySelector('h2')?.focus();
}

function setUpForm(from, plan, panel) {
  const repo = el('input', { name: 'repo', placeholder: 'empty: the enrolled database' });
  const hours = el('input', {
    name: 'hours',
    type: 'number',
    min: '0.1',
    max: '168',
    step: '0.1',
    value: '1',
  });
  const submit = attempt(async () => {
    say('Setting it up…');
    const place = repo.value ? { repo: repo.value } : { planning: from };
    const run = await post('/v1/runs', { plan: plan.id, hours: Number(hours.value), ...place });
    say('It stands.');
    const box = standing(run);
    panel.append(box);
    box.focus();
  });
  return el(
    'form',
    { onsubmit: submit },
    el('label', {}, 'Clone for the repo', repo),
    el('label', {}, 'Hours', hours),
    el('button', { type: 'submit' }, 'Set up'),
  );
}
