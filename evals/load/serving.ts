import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../src/edges/cli/bin.js', import.meta.url));
const HEAP = new URL('heap.ts', import.meta.url).href;

/** `statewright serve` in a process of its own. */
export interface Serving {
  readonly url: string;
  /** The key it made when it first started. */
  readonly key: string;
  /** What it holds for itself of the machine's memory, in MB. */
  residentMB(): number;
  /** What its main thread's heap holds after a garbage collection, in MB. */
  heapMB(): Promise<number>;
  /** Asks it to end; its exit code and what it had to say. */
  stop(): Promise<{ readonly code: number | null; readonly stderr: string }>;
}

export async function startServing(
  args: readonly string[],
  { home }: { readonly home: string },
): Promise<Serving> {
  const env = { ...process.env, STATEWRIGHT_HOME: home, CI: '1' };
  const node = ['--expose-gc', '--import', HEAP];
  const child = spawn(process.execPath, [...node, BIN, 'serve', '--port', '0', ...args], {
    ...{ env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  });
  let stderr = '';
  child.stderr?.on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const first = new Promise<string>((resolve) => child.stdout?.once('data', resolve));
  const line = await Promise.race([first, ended]);
  if (typeof line === 'number' || line === null) throw new Error(`It ended at once: ${stderr}`);
  const { url, key } = JSON.parse(String(line)) as { url: string; key: string };
  return {
    url,
    key,
    residentMB: () => residentOf(child.pid ?? 0),
    async heapMB() {
      child.send('heap');
      const [mb] = (await Promise.race([once(child, 'message'), ended.then(() => [0])])) as [
        number,
      ];
      return mb;
    },
    async stop() {
      child.kill('SIGTERM');
      return { code: await ended, stderr };
    },
  };
}

/** What the process holds for itself, in MB; 0 where the system doesn't say. */
export function residentOf(pid: number): number {
  try {
    const [, kb = '0'] = /RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kb) / 1024;
  } catch {
    return 0;
  }
}
