import { readFile } from 'node:fs/promises';
import { loadAssets } from '../../report/html/assets.ts';
import type { Place } from './service.ts';

const SCRIPTS = ['dom', 'api', 'plannings', 'planning', 'models', 'runs', 'keys', 'app'];

/** The page at `/` with all it loads: files as they lie in the package, dressed as the report is. */
export async function loadPage(): Promise<NonNullable<Place['page']>> {
  const read = (name: string) => readFile(new URL(`page/${name}`, import.meta.url), 'utf8');
  const [{ style, icons, early }, index, own, narrow, ...scripts] = await Promise.all([
    loadAssets(),
    read('index.html'),
    read('app.css'),
    read('narrow.css'),
    ...SCRIPTS.map((name) => read(`${name}.js`)),
  ]);
  const script = 'text/javascript; charset=utf-8';
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', body: index.replace('<!-- icons -->', icons) }],
    ['/app.css', { type: 'text/css; charset=utf-8', body: `${style}\n${own}\n${narrow}` }],
    ['/theme.js', { type: script, body: early }],
    ...SCRIPTS.map(
      (name, at) => [`/page/${name}.js`, { type: script, body: scripts[at] ?? '' }] as const,
    ),
  ]);
}
