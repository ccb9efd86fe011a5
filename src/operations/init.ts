import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { findConfig } from '../config/load.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { Finding } from '../kernel/finding.ts';
import { defineOperation } from '../kernel/operation.ts';
import { findRoute } from '../model/model.ts';
import type { Repo } from '../repo/repo.ts';
import { type Reading, readModel } from './reading.ts';

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
  run: async ({ path, force }, { emit }) => {
    const root = resolve(path);
    const existing = findConfig(root);
    if (existing && !force) {
      throw new StatewrightError('config.exists', `${existing} is already there.`, {
        hint: 'Nothing was written. Use --force to replace it.',
      });
    }
    const reading = await readModel(root, emit);
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
  readonly start: readonly string[];
  readonly migrate: readonly string[] | null;
  readonly ready: string;
  readonly databaseEnv: string;
  readonly missing: string[];
}

/** Scripts that only run the app come before those that watch files, which never settle. */
const START_SCRIPTS = ['start', 'serve', 'start:dev', 'dev'];
const MIGRATE_SCRIPTS = ['migrate', 'db:migrate', 'migrate:up', 'db:push', 'push'];
const READY_PATHS = ['/healthz', '/health', '/api/health', '/readyz', '/ping', '/status'];

function guessApp({ root, repo, model }: Reading): Guess {
  const { scripts } = packageOf(repo);
  const start = START_SCRIPTS.find((name) => scripts[name]);
  const migrate = MIGRATE_SCRIPTS.find((name) => scripts[name]);
  const kit = ['ts', 'js', 'mjs'].some((ending) =>
    existsSync(join(root, `drizzle.config.${ending}`)),
  );
  const missing: string[] = [];
  if (!start) missing.push('app.start: no start script was found in package.json');
  if (!migrate && !kit) missing.push('app.migrate: no migration script was found in package.json');
  return {
    start: start ? command(scripts[start] ?? '', start) : ['node', 'server.js'],
    migrate: migrate
      ? command(scripts[migrate] ?? '', migrate)
      : kit
        ? ['npx', 'drizzle-kit', 'migrate']
        : null,
    ready: READY_PATHS.find((path) => findRoute(model, `GET ${path}`)) ?? '/',
    databaseEnv: 'DATABASE_URL',
    missing,
  };
}

/** A script without shell syntax runs as its own words; any other goes through npm. */
function command(script: string, name: string): string[] {
  const plain = /^[\w@./:=+-]+( [\w@./:=+-]+)*$/.test(script) && !/^\w+=/.test(script);
  return plain ? script.split(' ') : ['npm', 'run', '--silent', name];
}

function packageOf({ manifests }: Repo): z.infer<typeof Package> {
  const manifest = Package.safeParse(manifests['package.json']);
  return manifest.success ? manifest.data : { scripts: {} };
}

const Package = z.object({
  type: z.string().optional(),
  scripts: z.record(z.string(), z.string()).default({}),
});

function render({ start, migrate, ready, databaseEnv }: Guess): string {
  const list = (words: readonly string[]): string =>
    `[${words.map((word) => `'${word.replaceAll("'", "\\'")}'`).join(', ')}]`;
  return `/** @type {import('statewright').ConfigInput} */
export default {
  app: {
    start: ${list(start)},
    migrate: ${migrate ? list(migrate) : 'null'},
    ready: '${ready}',
    portEnv: 'PORT',
    databaseEnv: '${databaseEnv}',
    env: {},
  },
};
`;
}
