import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { findConfig } from '../config/load.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { Finding } from '../kernel/finding.ts';
import { defineOperation } from '../kernel/operation.ts';
import { findRoute, type Mint } from '../model/model.ts';
import type { Repo } from '../repo/repo.ts';
import { guessMigrate, guessStart, type Premises } from './guess-commands.ts';
import { EXAMPLE_FILES, type GuessedVariables, guessVariables } from './guess-variables.ts';
import { type Reader, type Reading, readModel } from './reading.ts';

export const initConfig = defineOperation({
  name: 'init',
  summary: 'Look at a repo and write a statewright.config.ts that works',
  needs: 'checkout',
  input: z.object({
    path: z.string().default('.').meta({ positional: true, description: 'The repo to look at' }),
    force: z.boolean().default(false).describe('Overwrite a config that is already there'),
  }),
  output: z.object({
    config: z.string(),
    text: z.string(),
    routes: z.number().int(),
    endings: z.number().int(),
    missing: z.array(z.string()),
    findings: z.array(Finding),
  }),
  run: async ({ path, force }, place: Reader) => {
    const root = resolve(path);
    const existing = findConfig(root);
    if (existing && !force) {
      throw new StatewrightError('config.exists', `${existing} is already there.`, {
        hint: 'Nothing was written. Use --force to replace it.',
      });
    }
    const reading = await readModel(root, place);
    const { model, repo } = reading;
    const guess = guessApp(reading);
    const config = existing ?? join(root, `statewright.config.${endingFor(repo)}`);
    const text = render(guess);
    writeFileSync(config, text);
    const routes = model.apps.flatMap((app) => [...app.routes, ...app.pages]);
    return {
      config,
      text,
      routes: routes.length,
      endings: routes.reduce((sum, route) => sum + route.outcomes.length, 0),
      missing: guess.missing,
      findings: [...model.findings],
    };
  },
});

/** TypeScript where this Node loads it, and what makes it a module where the package says nothing of it. */
function endingFor(repo: Repo): 'ts' | 'mts' | 'mjs' {
  if (!process.features.typescript) return 'mjs';
  return packageOf(repo).type === 'module' ? 'ts' : 'mts';
}

interface Guess {
  readonly cwd: string;
  readonly start: readonly string[];
  readonly migrate: readonly string[] | null;
  readonly ready: string;
  readonly variables: GuessedVariables;
  readonly missing: string[];
}

const READY_PATHS = ['/healthz', '/health', '/api/health', '/readyz', '/ping', '/status'];

/** Looks at the app with the most routes; in a monorepo the config runs it in its own folder. */
function guessApp({ root, repo, model }: Reading): Guess {
  const [app] = [...model.apps].sort((a, b) => b.routes.length - a.routes.length);
  const cwd = app?.root ?? '.';
  const folder = join(root, cwd);
  const premises = premisesOf(repo, root, cwd);
  const start = guessStart(premises);
  const migrate = guessMigrate(premises);
  const missing = [
    ...(start ? [] : ['app.start: no start script was found in package.json']),
    ...(start?.before ? [`app.start, or ${start.before}`] : []),
    ...(migrate ? [] : ['app.migrate: no migration script was found in package.json']),
  ];
  return {
    cwd,
    start: start?.words ?? ['node', 'server.js'],
    migrate,
    ready: READY_PATHS.find((path) => findRoute(model, `GET ${path}`)) ?? '/',
    variables: withSecret(guessVariables(exampleIn(folder)), app?.auth?.mint),
    missing,
  };
}

/** Tokens can be made for people only with a secret that is known: one is given where no example gives one. */
function withSecret(variables: GuessedVariables, mint: Mint | undefined): GuessedVariables {
  if (!mint || mint.secret in variables.others) return variables;
  return { ...variables, others: { ...variables.others, [mint.secret]: SECRET } };
}

const SECRET = 'a secret of this config alone, which nothing else is signed with';

function premisesOf(repo: Repo, root: string, cwd: string): Premises {
  const owner = repo.packages.find((each) => each.root === cwd);
  const own = `${cwd}/`;
  return {
    scripts: owner?.scripts ?? {},
    dependencies: owner?.dependencies ?? [],
    has: (path) => existsSync(join(root, cwd, path)),
    sqlFiles: repo.files
      .map(({ path }) => path)
      .filter((path) => path.endsWith('.sql') && (cwd === '.' || path.startsWith(own)))
      .map((path) => (cwd === '.' ? path : path.slice(own.length))),
  };
}

function exampleIn(folder: string): string {
  const path = EXAMPLE_FILES.map((name) => join(folder, name)).find((each) => existsSync(each));
  return path ? readFileSync(path, 'utf8') : '';
}

function packageOf({ manifests }: Repo): z.infer<typeof Package> {
  const manifest = Package.safeParse(manifests['package.json']);
  return manifest.success ? manifest.data : {};
}

const Package = z.object({
  type: z.string().optional(),
});

function render({ cwd, start, migrate, ready, variables }: Guess): string {
  const { database, port, others } = variables;
  const list = (words: readonly string[]): string => `[${words.map(quoted).join(', ')}]`;
  const lines = Object.entries(others).map(
    ([name, value]) =>
      `      ${/^[A-Za-z_]\w*$/.test(name) ? name : quoted(name)}: ${quoted(value)},\n`,
  );
  return `/** @type {import('statewright').ConfigInput} */
export default {
  app: {
    start: ${list(start)},
    migrate: ${migrate ? list(migrate) : 'null'},
${cwd === '.' ? '' : `    cwd: ${quoted(cwd)},\n`}    ready: ${quoted(ready)},
    portEnv: ${quoted(port)},
    databaseEnv: ${quoted(database)},
    env: {${lines.length > 0 ? `\n${lines.join('')}    ` : ''}},
  },
};
`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`;
}
