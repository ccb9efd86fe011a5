import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { readState } from '../../src/db/embedded/home.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { processStart } from '../../src/kernel/process.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The maintenance database of the server all test files of one run share. */
    serverUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), 'statewright-test-'));
  const server = await startEmbedded({ home });
  project.provide('serverUrl', server.url);
  return async () => {
    const state = await readState(home);
    await server.stop();
    if (processStart(server.pid) !== null) throw new Error('the test server still runs');
    if (state && existsSync(state.dataDir)) throw new Error(`${state.dataDir} is left`);
    await rm(home, { recursive: true, force: true });
  };
}
