import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

type HostEnv = Readonly<Record<string, string | undefined>>;

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/usr/bin/microsoft-edge',
];
const IN_PLAYWRIGHT = [
  'chrome-headless-shell-linux64/chrome-headless-shell',
  'chrome-linux/headless_shell',
  'chrome-linux64/chrome',
  'chrome-linux/chrome',
  'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
];

/** The program of a Chromium on this machine: `CHROMIUM_PATH`, a usual place, or Playwright's own; else null. */
export async function findBrowser(env: HostEnv): Promise<string | null> {
  const named = env['CHROMIUM_PATH'];
  if (named) return (await isFile(named)) ? named : null;
  for (const path of [...INSTALLED, ...(await playwrightBrowsers(env))]) {
    if (await isFile(path)) return path;
  }
  return null;
}

/** Newest first. */
async function playwrightBrowsers(env: HostEnv): Promise<readonly string[]> {
  const home = env['HOME'] ?? '';
  const caches = [
    env['PLAYWRIGHT_BROWSERS_PATH'],
    join(home, '.cache', 'ms-playwright'),
    join(home, 'Library', 'Caches', 'ms-playwright'),
  ].filter((folder): folder is string => !!folder);
  const found = await Promise.all(caches.map(browsersIn));
  return found.flat();
}

async function browsersIn(cache: string): Promise<readonly string[]> {
  const names = (await readdir(cache).catch(() => [])).filter((name) =>
    name.startsWith('chromium'),
  );
  const revision = (name: string) => Number(/\d+$/.exec(name)?.[0] ?? 0);
  names.sort((a, b) => revision(b) - revision(a));
  return names.flatMap((name) => IN_PLAYWRIGHT.map((program) => join(cache, name, program)));
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ?? false;
}
