import { follow, get, post, upload } from './api.js';
import { attempt, el, table, when } from './dom.js';
import { rememberRepo } from './planning.js';

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
    await finish(job, { progress, repo: file.files[0] ? null : repo.value || '.' });
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

async function finish(job, { progress, repo }) {
  const open = (id) => {
    if (repo !== null) rememberRepo(id, repo);
    location.hash = `#planning/${id}`;
  };
  if (job.plans) return open(job.id);
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
  if (ended.result) open(ended.result.split('/').at(-1));
}
