import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isRunning, processStart } from '../../kernel/process.ts';
import { type ServerState, writeState } from './home.ts';

/** Makes sure a watcher lives: a small process that stops the server once nobody needs it. */
export async function ensureWatcher(home: string, state: ServerState): Promise<void> {
  if (state.watcher && isRunning(state.watcher)) return;
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const script = fileURLToPath(new URL(`./watch.${extension}`, import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', script, home, JSON.stringify(state)], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: 'ignore',
  });
  child.on('error', () => undefined);
  child.unref();
  const start = child.pid === undefined ? null : processStart(child.pid);
  if (child.pid === undefined || start === null) return;
  await writeState(home, { ...state, watcher: { pid: child.pid, start } });
}

/** Ends the server's watcher, unless that is us. */
export async function endWatcher({ watcher }: ServerState): Promise<void> {
  if (!watcher || watcher.pid === process.pid || !isRunning(watcher)) return;
  process.kill(watcher.pid, 'SIGTERM');
}
