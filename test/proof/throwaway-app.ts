import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppConfig } from '../../src/config/config.ts';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

export interface ThrowawayApp extends AsyncDisposable {
  readonly root: string;
  readonly config: AppConfig;
}

/** An app of one file in a temporary folder that sees this project's dependencies. */
export async function throwawayApp(
  source: string,
  { config = {}, files = {} }: { config?: object; files?: Record<string, string> } = {},
): Promise<ThrowawayApp> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'statewright-test-app-')));
  await symlink(await realpath(MODULES), join(root, 'node_modules'));
  for (const [name, text] of Object.entries({ 'server.mjs': source, ...files })) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return {
    root,
    config: AppConfig.parse({
      start: [process.execPath, 'server.mjs'],
      startTimeoutMs: 8_000,
      ...config,
    }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** A server that answers every request through `answer(request, response)` after asking its database. */
export function serverOn(database: string, answer: string): string {
  return `
    import { createServer } from 'node:http';
    import pg from 'pg';
    const pool = new pg.Pool({ connectionString: ${database} });
    pool.on('error', () => undefined);
    createServer(async (request, response) => {
      ${answer}
    }).listen(Number(process.env.PORT), '127.0.0.1');
  `;
}
