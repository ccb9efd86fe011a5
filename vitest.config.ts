import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

/** What works on values alone, with no database or browser: these files share a process and its modules. */
const values = globSync('test/{kernel,llm,model,plan,report,repo,scenarios}/**/*.test.ts').filter(
  (file) => !/setup\/(database|chromium)/.test(readFileSync(file, 'utf8')),
);

export default defineConfig({
  test: {
    testTimeout: 180_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    // Most tests wait for processes of their own; the default leaves one core of two idle.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      { extends: true, test: { name: 'values', include: values, isolate: false } },
      {
        extends: true,
        test: {
          name: 'world',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...values, 'test/workers/**'],
          globalSetup: ['test/setup/server.ts'],
        },
      },
    ],
  },
});
