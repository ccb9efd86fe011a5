import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A repo to read. */
export interface Checkout {
  readonly name: string;
  readonly root: string;
}

/** Open-source apps above 200 kLOC, each at one commit. */
const APPS = [
  {
    name: 'documenso',
    repo: 'documenso/documenso',
    commit: '75330166cc00b29c14399bc2e391e4b4d8080c00',
  },
  { name: 'midday', repo: 'midday-ai/midday', commit: '47d252aab7e3ab28a0027376cfdd6ee83d2e5ccf' },
  {
    name: 'formbricks',
    repo: 'formbricks/formbricks',
    commit: 'b66c1dd978af618a0e402bd3343b456bed68594c',
  },
];

const FIXTURES = fileURLToPath(new URL('../../fixtures/apps', import.meta.url));
const OWN = fileURLToPath(new URL('../../src', import.meta.url));
const LINES = 205_000;

/** Where checkouts come from beside the workspace made of this repo's own apps. */
export interface Sources {
  /** A folder with checkouts by name. */
  readonly apps?: string | undefined;
  /** Whether those that are not there are fetched. */
  readonly fetch: boolean;
}

/**
 * The workspace made of fixture apps, and the open-source apps that are given or fetched; what can't be fetched is said
 * on stderr and left out.
 */
export function checkouts(home: string, { apps, fetch }: Sources): Checkout[] {
  const found = APPS.flatMap((app) => {
    const given = apps && join(apps, app.name);
    if (given && existsSync(given)) return [{ name: app.name, root: given }];
    const root = join(home, app.name);
    return fetch && fetchInto(root, app) ? [{ name: app.name, root }] : [];
  });
  const root = workspaceIn(join(home, 'fixtures'));
  return [{ name: 'fixture apps amid plain code', root }, ...found];
}

function fetchInto(root: string, { repo, commit }: (typeof APPS)[number]): boolean {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', root, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    mkdirSync(root, { recursive: true });
    git('init', '-q');
    git('fetch', '-q', '--depth', '1', `https://github.com/${repo}`, commit);
    git('checkout', '-q', 'FETCH_HEAD');
    return true;
  } catch (error) {
    const said = error instanceof Error ? error.message.trim().split('\n').at(-1) : String(error);
    console.error(`${repo} at ${commit} could not be fetched and is left out: ${said}`);
    console.error('Give a folder with its checkout: npm run bench -- --apps FOLDER');
    return false;
  }
}

/** One workspace of every fixture app and, for the code around them that answers nothing, this repo's own sources. */
function workspaceIn(root: string): string {
  mkdirSync(join(root, 'apps'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{"name":"all","workspaces":["apps/*","packages/*"]}');
  const copy = (from: string, to: string): number => {
    cpSync(from, to, {
      recursive: true,
      filter: (path) => !/node_modules|statewright$/.test(path.slice(from.length)),
    });
    return linesIn(to);
  };
  let lines = 0;
  for (const app of readdirSync(FIXTURES))
    lines += copy(join(FIXTURES, app), join(root, 'apps', app));
  for (let number = 1; lines < LINES; number++) {
    const folder = join(root, 'packages', `plain-${number}`);
    lines += copy(OWN, folder);
    writeFileSync(
      join(folder, 'package.json'),
      `{"name":"plain-${number}","dependencies":{"hono":"4"}}`,
    );
  }
  return root;
}

function linesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.[jt]sx?$/.test(path))
    .reduce((sum, path) => sum + readFileSync(join(folder, path), 'utf8').split('\n').length, 0);
}
