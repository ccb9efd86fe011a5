import { existsSync, readdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';

/** How often a stretch of a script ran; of several around a place the innermost counts. */
export interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** What ran of one script of one process since the last time. Text and map come with it once. */
export interface ScriptRun {
  /** Names the script among those of all processes of the app. */
  readonly script: string;
  readonly url: string;
  readonly ranges: readonly Range[];
  readonly text?: string;
  /** Where its source map is: an address, relative to the script's, `data:` with all of it, or empty. */
  readonly map?: string;
}

/** What the app's processes ran since they were last asked. A process that is gone has nothing to say. */
export async function takeRuns(folder: string): Promise<readonly ScriptRun[]> {
  if (!existsSync(folder)) return [];
  const sockets = readdirSync(folder).filter((name) => name.endsWith('.sock'));
  const taken = await Promise.all(
    sockets.map(async (name) => {
      const told = await readAll(join(folder, name));
      const runs: ScriptRun[] = told === '' ? [] : JSON.parse(told);
      return runs.map((run) => ({ ...run, script: `${folder}/${name}/${run.script}` }));
    }),
  );
  return taken.flat();
}

function readAll(path: string): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = createConnection(path);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    socket.on('error', () => resolve(''));
  });
}
