import { describe, expect, test } from 'vitest';
import { guessMigrate, guessStart, type Premises } from '../../src/operations/guess-commands.ts';
import { guessVariables } from '../../src/operations/guess-variables.ts';

function premises(about: Partial<Premises> & { files?: readonly string[] }): Premises {
  const { files = [], ...rest } = about;
  const has = (path: string) => files.includes(path);
  return { scripts: {}, dependencies: [], sqlFiles: [], has, ...rest };
}

describe('the start command', () => {
  test('is the start script, as its own words', () => {
    const scripts = { start: 'node server.js', dev: 'node --watch server.js' };
    expect(guessStart(premises({ scripts }))).toEqual({
      words: ['node', 'server.js'],
      before: null,
    });
  });

  test('is the dev script without its watcher while nothing is built', () => {
    const scripts = { start: 'cross-env NODE_ENV=production node dist/index.js' };
    const dev = (script: string) => guessStart(premises({ scripts: { ...scripts, dev: script } }));
    expect(dev('tsx watch src/index.ts')?.words).toEqual(['tsx', 'src/index.ts']);
    expect(dev('bun run --hot src/index.ts')?.words).toEqual(['bun', 'run', 'src/index.ts']);
    expect(dev('nodemon src/index.ts')?.words).toEqual(['ts-node', 'src/index.ts']);
    expect(dev('next dev')?.words).toEqual(['next', 'dev']);
  });

  test('of a Next.js app serves its build: a folder has one development server', () => {
    const scripts = { start: 'next start', dev: 'next dev' };
    expect(guessStart(premises({ scripts }))).toEqual({
      words: ['next', 'start'],
      before: 'build the app first: start needs .next/BUILD_ID',
    });
    const built = guessStart(premises({ scripts, files: ['.next/BUILD_ID'] }));
    expect(built).toEqual({ words: ['next', 'start'], before: null });
  });

  test('is the start script once its build is there', () => {
    const scripts = { start: 'node dist/index.js', dev: 'tsx watch src/index.ts' };
    const guess = guessStart(premises({ scripts, files: ['dist/index.js'] }));
    expect(guess?.words).toEqual(['node', 'dist/index.js']);
  });

  test('tells what has to be built where there is no other way', () => {
    expect(guessStart(premises({ scripts: { start: 'node dist/index.js' } }))).toEqual({
      words: ['node', 'dist/index.js'],
      before: 'build the app first: start needs dist/index.js',
    });
    expect(guessStart(premises({}))).toBeNull();
  });
});

describe('the migrate command', () => {
  test('is the script that applies what is written, never one that writes migrations', () => {
    const sqlFiles = ['drizzle/0000_init.sql'];
    const files = ['drizzle.config.ts'];
    const own = { 'db:migrate': 'tsx src/migrate.ts' };
    const writing = { 'db:migrate': 'drizzle-kit generate && drizzle-kit migrate' };
    expect(guessMigrate(premises({ scripts: own, sqlFiles, files }))).toEqual([
      'tsx',
      'src/migrate.ts',
    ]);
    expect(guessMigrate(premises({ scripts: writing, sqlFiles, files }))).toEqual([
      ...['npx', 'drizzle-kit', 'migrate'],
    ]);
  });

  test('pushes the schema where no migration was ever written', () => {
    const scripts = { 'db:migrate': 'tsx src/migrate.ts' };
    expect(guessMigrate(premises({ scripts, files: ['drizzle.config.ts'] }))).toEqual([
      ...['npx', 'drizzle-kit', 'push', '--force'],
    ]);
    expect(guessMigrate(premises({ files: ['prisma/schema.prisma'] }))).toEqual([
      ...['npx', 'prisma', 'db', 'push', '--skip-generate'],
    ]);
    expect(guessMigrate(premises({}))).toBeNull();
  });
});

describe('the variables', () => {
  test('are those of the example, the database in whatever form it is asked for', () => {
    const example = `
      # how to reach things
      PG_USER=me
      POSTGRES_URL="postgres://\${PG_USER}:pw@db:5432/shop"
      DB_HOST=localhost
      DB_PORT=5432
      DB_DATABASE=shop
      API_PORT=8080
      JWT_SECRET='it''s'
      EMPTY=`;
    expect(guessVariables(example)).toEqual({
      database: 'POSTGRES_URL',
      port: 'API_PORT',
      others: expect.objectContaining({
        PG_USER: '{db.user}',
        DB_HOST: '{db.host}',
        DB_PORT: '{db.port}',
        DB_DATABASE: '{db.name}',
      }),
    });
    expect(guessVariables(example).others).not.toHaveProperty('EMPTY');
    expect(guessVariables('')).toEqual({ database: 'DATABASE_URL', port: 'PORT', others: {} });
  });
});
