/** What a package says of how its app is run: the scripts of its manifest, what it depends on, its files. */
export interface Premises {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: readonly string[];
  /** Paths relative to the package, those that no reader reads included. */
  readonly has: (path: string) => boolean;
  /** Every SQL file of the package, relative to it. */
  readonly sqlFiles: readonly string[];
}

export interface GuessedCommand {
  readonly words: readonly string[];
  /** What has to be done before the command can work, if anything. */
  readonly before: string | null;
}

/** The command that serves the app from its sources as they stand, or null where nothing tells. */
export function guessStart(premises: Premises): GuessedCommand | null {
  const { scripts } = premises;
  const names = START_SCRIPTS.filter((name) => scripts[name] !== undefined);
  const served = names.map((name) => scripts[name] ?? '');
  const found = names.map((name, index) => commandOf(served[index] ?? '', name, premises));
  // Next.js runs one development server in a folder: apps side by side need its build.
  const built = found.find((_, index) => isNextStart(served[index] ?? ''));
  const ready = found.find(({ before }) => before === null);
  return built ?? ready ?? found[0] ?? null;
}

function isNextStart(script: string): boolean {
  return /\bnext start\b/.test(script);
}

/** The command that brings an empty database to the app's schema, or null where nothing tells. */
export function guessMigrate(premises: Premises): readonly string[] | null {
  const { scripts } = premises;
  const name = MIGRATE_SCRIPTS.find((each) => {
    const script = scripts[each];
    return script !== undefined && !/\b(generate|migrate dev|makemigrations|create)\b/.test(script);
  });
  const own = name === undefined ? null : plainWords(scripts[name] ?? '', name);
  if (DRIZZLE_CONFIGS.some(premises.has)) {
    const written = premises.sqlFiles.length > 0;
    if (!written) return ['npx', 'drizzle-kit', 'push', '--force'];
    return own ?? ['npx', 'drizzle-kit', 'migrate'];
  }
  if (PRISMA_SCHEMAS.some(premises.has)) {
    const written = premises.sqlFiles.some((path) => path.endsWith('/migration.sql'));
    if (!written) return ['npx', 'prisma', 'db', 'push', '--skip-generate'];
    return own ?? ['npx', 'prisma', 'migrate', 'deploy'];
  }
  return own;
}

const START_SCRIPTS = ['start', 'serve', 'server', 'start:dev', 'dev', 'develop'];
const MIGRATE_SCRIPTS = [
  ...['migrate', 'db:migrate', 'migrate:up', 'migrate:latest', 'migrate:deploy', 'db:deploy'],
  ...['migration:run', 'migrations:run', 'prisma:migrate', 'prisma:deploy', 'knex:migrate'],
  ...['db:push', 'push'],
];
const DRIZZLE_CONFIGS = ['ts', 'js', 'mjs', 'cjs'].map((ending) => `drizzle.config.${ending}`);
const PRISMA_SCHEMAS = ['prisma/schema.prisma', 'schema.prisma'];

function commandOf(script: string, name: string, premises: Premises): GuessedCommand {
  const words = settled(plainWords(script, name), premises);
  const built = builtFile(script);
  const missing = built !== null && !premises.has(built);
  return { words, before: missing ? `build the app first: ${name} needs ${built}` : null };
}

/** A script without shell syntax is run as its own words; any other goes through npm. */
function plainWords(script: string, name: string): readonly string[] {
  const plain = /^[\w@./:=+-]+( [\w@./:=+-]+)*$/.test(script) && !/^\w+=/.test(script);
  return plain ? script.split(' ') : ['npm', 'run', '--silent', name];
}

/** What a build has to make before the script can run. */
function builtFile(script: string): string | null {
  if (isNextStart(script)) return '.next/BUILD_ID';
  return /(?:^|\s)((?:\.\/)?(?:dist|build|out|lib|\.output)\/[\w./-]+)/.exec(script)?.[1] ?? null;
}

/** The same without its watcher: an app that restarts by itself never settles. */
function settled(words: readonly string[], { dependencies }: Premises): readonly string[] {
  const [tool, ...rest] = words;
  const kept = rest.filter((word) => !WATCHING.has(word));
  if (tool === 'tsx' || tool === 'bun' || tool === 'node' || tool === 'nest')
    return [tool, ...kept];
  const entry = kept.find((word) => /\.[cm]?[jt]sx?$/.test(word));
  const watcher = tool === 'nodemon' || tool === 'ts-node-dev' || tool === 'tsnd';
  if (!watcher || entry === undefined) return words;
  if (/\.[cm]?js$/.test(entry)) return ['node', entry];
  return [dependencies.includes('tsx') ? 'tsx' : 'ts-node', entry];
}

const WATCHING = new Set(['watch', '--watch', '--hot', '--respawn', '--no-clear-screen']);
