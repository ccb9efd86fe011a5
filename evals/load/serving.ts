import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../src/edges/cli/bin.js', import.meta.url));

/** `statewright serve` in a process of its own. */
export interface Serving {
  readonly url: string;
  /** The key it made when it first started. */
  readonly key: string;
  /** What it holds for itself, in MB. */
  memoryMB(): number;
  /** Asks it to end; its exit code and what it had to say. */
  stop(): Promise<{ readonly code: number | null; readonly stderr: string }>;
}

export async function startServing(
  args: readonly string[],
  { home }: { readonly home: string },
): Promise<Serving> {
  const env = { ...process.env, STATEWRIGHT_HOME: home, CI: '1' };
  const child = spawn(process.execPath, [BIN, 'serve', '--port', '0', ...args], {
    ...{ env, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const first = new Promise<string>((resolve) => child.stdout.once('data', resolve));
  const line = await Promise.race([first, ended]);
  if (typeof line === 'number' || line === null) throw new Error(`It ended at once: ${stderr}`);
  const { url, key } = JSON.parse(String(line)) as { url: string; key: string };
  return {
    url,
    key,
    memoryMB: () => memoryOf(child.pid ?? 0),
    async stop() {
      child.kill('SIGTERM');
      return { code: await ended, stderr };
    },
  };
}

/** What the process holds for itself, in MB; 0 where the system doesn't say. */
export function memoryOf(pid: number): number {
  try {
    const [, kb = '0'] = /RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kb) / 1024;
  } catch {
    return 0;
  }
}
