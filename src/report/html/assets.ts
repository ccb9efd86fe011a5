import { readFile } from 'node:fs/promises';

/** What the page is dressed in. */
export interface PageAssets {
  readonly style: string;
  /** Runs in the head, before anything is shown. */
  readonly early: string;
  readonly script: string;
  readonly icons: string;
}

const STYLES = [
  'tokens',
  'base',
  'header',
  'filters',
  'map',
  'lists',
  'panel',
  'plan',
  'graph',
  'because',
  'print',
];
const SCRIPTS = ['filters', 'panel'];

/** Reads the page's files, which lie beside this module in the sources and in the package. */
export async function loadAssets(): Promise<PageAssets> {
  const read = (name: string) => readFile(new URL(name, import.meta.url), 'utf8');
  const [early, icons, styles, scripts] = await Promise.all([
    read('page/theme.js'),
    read('icons.svg'),
    Promise.all(STYLES.map((name) => read(`page/${name}.css`))),
    Promise.all(SCRIPTS.map((name) => read(`page/${name}.js`))),
  ]);
  return { early, icons, style: styles.join('\n'), script: scripts.map(ownScope).join('\n') };
}

function ownScope(script: string): string {
  return `{\n${script}}\n`;
}
