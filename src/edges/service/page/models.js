import { get } from './api.js';
import { el, facts, table, when } from './dom.js';

/** What was read of apps, or posted. */
export async function models(main) {
  const { items } = await get('/v1/models?limit=100');
  const rows = items.map((item) => [
    el('a', { href: `#model/${item.id}` }, item.repo.name),
    item.repo.commit?.slice(0, 8) ?? '—',
    String(item.routes),
    when(item.createdAt),
  ]);
  main.replaceChildren(
    el('h2', {}, 'Models'),
    rows.length === 0
      ? el('p', { class: 'fine' }, 'None yet. Plan an app, and its model is here.')
      : table(['App', 'Commit', 'Routes', 'When'], rows),
  );
}

/** One model: its apps with their routes, pages and tables. */
export async function model(main, id) {
  const { repo, apps } = await get(`/v1/models/${encodeURIComponent(id)}`);
  main.replaceChildren(
    el('h2', {}, repo.name),
    el('p', {}, `${repo.files} files${repo.commit ? ` at ${repo.commit.slice(0, 8)}` : ''}`),
    ...apps.flatMap(appSection),
  );
}

function appSection({ name, frameworks, orms, routes, pages, tables }) {
  const ways = ({ outcomes }) => String(outcomes.length);
  const asked = [...routes, ...pages].map((route) => [
    el('code', {}, route.id),
    ways(route),
    el('code', {}, `${route.at.file}:${route.at.line}`),
  ]);
  const stored = tables.map((item) => [
    el('code', {}, item.name),
    item.columns.map((column) => column.name).join(', '),
  ]);
  return [
    el('h2', {}, name),
    facts([
      ['Frameworks', frameworks.join(', ') || '—'],
      ['Data access', orms.join(', ') || '—'],
    ]),
    el('h3', {}, `${asked.length} routes and pages`),
    table(['Route', 'Ways to end', 'At'], asked),
    el('h3', {}, `${stored.length} tables`),
    table(['Table', 'Columns'], stored),
  ];
}
