import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { readState } from '../../src/db/embedded/home.ts';
import { serverUrl, stopIfIdle } from '../../src/db/embedded.ts';
import { release } from '../../src/db/holds.ts';
import { openSession } from '../../src/db/pg.ts';
import { endProcesses, processesOf } from './processes.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const BIN = join(ROOT, 'src/edges/cli/bin.js');

/** How a command ended and what it said. */
export interface Told {
  /** As a shell tells it: 128 and the signal's number where one ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Told>;
  /** Resolves once stderr holds it, or the command has ended. */
  said(words: string): Promise<void>;
}

/** A folder of its own for checkouts, the home and temporary files; removed with all that runs in it. */
export interface Desk {
  readonly folder: string;
  readonly home: string;
  /** A copy of the clinic that can run, with these files put into it (null takes one away). */
  checkout(name: string, files?: Readonly<Record<string, string | null>>): string;
  start(args: readonly string[], options?: StartOptions): Started;
  run(args: readonly string[], options?: StartOptions): Promise<Told>;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Opens a desk; it is cleared by `close`, or at the end of the test when opened inside one. */
export function openDesk(): Desk & { close(): Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'statewright-cli-'));
  // PostgreSQL runs as another user when we are root.
  chmodSync(folder, 0o755);
  const [home, temp] = [join(folder, 'home'), join(folder, 'temp')];
  mkdirSync(temp);
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const start = (args: readonly string[], options: StartOptions = {}): Started => {
    const env = { ...process.env, ...options.env, STATEWRIGHT_HOME: home, TMPDIR: temp, CI: '1' };
    const cwd = options.cwd ?? folder;
    return watch(spawn(process.execPath, [BIN, ...args], { cwd, env, stdio: 'pipe' }));
  };
  const close = async () => {
    await letGo(home);
    endProcesses(await processesOf(folder));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    onTestFinished(close);
  } catch {
    // Outside a test: the caller's afterAll closes it.
  }
  return {
    folder,
    home,
    start,
    close,
    run: (args, options) => start(args, options).ended,
    checkout: (name, files = {}) => checkout(join(folder, name), files),
  };
}

function checkout(path: string, files: Readonly<Record<string, string | null>>): string {
  cpSync(join(ROOT, 'fixtures/apps/clinic'), path, {
    recursive: true,
    filter: (source) => !/\/(node_modules|\.statewright)$/.test(source),
  });
  for (const [name, text] of Object.entries(files)) {
    const file = join(path, name);
    mkdirSync(dirname(file), { recursive: true });
    if (text === null) rmSync(file);
    else writeFileSync(file, text);
  }
  return path;
}

function watch(child: ChildProcess): Started {
  let [stdout, stderr] = ['', ''];
  const waiting = new Set<() => void>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const look of waiting) look();
  });
  const ended = new Promise<Told>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code: signal ? 128 + constants.signals[signal] : code, stdout, stderr });
    });
  });
  const said = (words: string): Promise<void> => {
    const heard = new Promise<void>((resolve) => {
      const look = () => stderr.includes(words) && resolve();
      waiting.add(look);
      look();
    });
    return Promise.race([heard, ended.then(() => undefined)]);
  };
  return { child, ended, said };
}

/** Ends every lease on the home's server, so that it stops. */
async function letGo(home: string): Promise<void> {
  const state = await readState(home);
  if (!state) return;
  const sql = await openSession(serverUrl(state)).catch(() => null);
  if (sql) {
    const names = await sql.query('select name from statewright.holds').catch(() => []);
    for (const { name } of names) await release(sql, String(name));
    await sql.end();
  }
  await stopIfIdle({ home });
}
