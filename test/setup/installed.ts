import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readModel } from '../../src/operations/reading.ts';
import { solvePlans } from '../../src/plan/solve.ts';
import { openPlanFolder } from '../../src/plan/store.ts';
import { deriveScenarios } from '../../src/scenarios/derive.ts';
import type { Told } from './cli.ts';
import { endProcesses, processesOf } from './processes.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A folder with the built package in its node_modules, as npm would install it, beside our own dependencies. */
export interface Installation {
  readonly folder: string;
  readonly home: string;
  run(command: readonly string[], options?: { cwd?: string; env?: object }): Promise<Told>;
  close(): void;
}

export async function installPackage(): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'statewright-installed-'));
  // PostgreSQL runs as another user when we are root.
  chmodSync(folder, 0o755);
  const own = join(folder, 'node_modules/statewright');
  mkdirSync(join(own, 'src/edges/cli'), { recursive: true });
  linkAll(join(ROOT, 'node_modules'), join(folder, 'node_modules'), ['.bin']);
  const commands = join(folder, 'node_modules/.bin');
  mkdirSync(commands);
  linkAll(join(ROOT, 'node_modules/.bin'), commands);
  symlinkSync('../statewright/src/edges/cli/bin.js', join(commands, 'statewright'));
  const [home, temp] = [join(folder, 'home'), join(folder, 'temp')];
  mkdirSync(temp);
  const run: Installation['run'] = (command, options = {}) => {
    const env = { ...process.env, STATEWRIGHT_HOME: home, TMPDIR: temp, CI: '1', ...options.env };
    return told(command, { cwd: options.cwd ?? folder, env });
  };
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  const built = await run(
    [tsc, '-p', join(ROOT, 'tsconfig.build.json'), '--outDir', join(own, 'dist')],
    { cwd: ROOT },
  );
  if (built.code !== 0) throw new Error(built.stdout);
  const words = /\.(js|css|svg|json|html)$/;
  const keeps = (path: string) => !/\.[a-z]+$/.test(path) || words.test(path);
  cpSync(join(ROOT, 'src'), join(own, 'dist'), { recursive: true, filter: keeps });
  for (const name of ['package.json', 'prompts', 'src/edges/cli/bin.js']) {
    cpSync(join(ROOT, name), join(own, name), { recursive: true });
  }
  const close = () => {
    endProcesses(processesOf(folder));
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, home, run, close };
}

/** Runs Vitest, shuffled, in a folder; gives what it said and its JSON report. */
export async function runVitest(
  { folder, run }: Installation,
  cwd: string,
  args: readonly string[],
): Promise<{ told: Told; report: object }> {
  const cli = join(folder, 'node_modules/vitest/vitest.mjs');
  const file = join(folder, 'results.json');
  rmSync(file, { force: true });
  const flags = ['--reporter', 'json', '--outputFile', file, '--sequence.shuffle'];
  const env = { VITEST: '', NODE_ENV: 'test' };
  const told = await run([process.execPath, cli, 'run', ...flags, ...args], { cwd, env });
  return { told, report: JSON.parse(readFileSync(file, 'utf8')) as object };
}

/** What `gc` says of what runs left, and took away. */
export async function leftBy({ folder, run }: Installation): Promise<unknown> {
  const bin = join(folder, 'node_modules/statewright/src/edges/cli/bin.js');
  const { stdout } = await run([process.execPath, bin, 'gc', '--json']);
  return JSON.parse(stdout);
}

function linkAll(from: string, to: string, except: readonly string[] = []): void {
  for (const name of readdirSync(from)) {
    if (!except.includes(name)) symlinkSync(join(from, name), join(to, name));
  }
}

/** A copy of a fixture app in the folder, with the plans of these endings beside its code. */
export async function checkoutApp(
  { folder }: Installation,
  name: 'storefront' | 'clinic',
  states: readonly string[],
): Promise<string> {
  const path = join(folder, name);
  cpSync(join(ROOT, 'fixtures/apps', name), path, {
    recursive: true,
    filter: (source) => !/\/(node_modules|\.statewright)$/.test(source),
  });
  const { model } = await readModel(path, { emit: () => undefined });
  const asked = deriveScenarios(model).filter(({ id }) => states.includes(id));
  const { plans } = solvePlans(model, asked);
  await openPlanFolder(join(path, 'statewright/plans')).write(plans);
  return path;
}

function told(
  [command = '', ...args]: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<Told> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
