import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CLIENT = new URL('../../src/edges/client/', import.meta.url);

/** What the generator says of each plan. */
export interface Tested {
  readonly id: string;
  readonly wanted: number;
  /** The status it got, or what went wrong. */
  readonly got: number | string;
}

/** Runs the test generator of the client's page as it is written there, with the client as it lies here. */
export async function runGenerator(...args: readonly string[]): Promise<readonly Tested[]> {
  const page = readFileSync(new URL('README.md', CLIENT), 'utf8');
  const [, script = ''] = /^```js\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'statewright-generator-'));
  try {
    const file = join(folder, 'generator.mjs');
    writeFileSync(file, script.replace('statewright/client', new URL('client.ts', CLIENT).href));
    const options = { maxBuffer: 2 ** 26 };
    const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], options).catch(
      // It exits with 1 where an answer was another than planned: which, it has said.
      (error: { stdout: string; code: number | string }) =>
        error.code === 1 && error.stdout !== '' ? error : Promise.reject(error),
    );
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
