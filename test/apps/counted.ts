// One process of an app in fixtures/apps, as its package.json starts it, that says what it ran.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RunningApp } from './app.ts';

const PRELOAD = path.join(import.meta.dirname, 'exit-on-signal.mjs');

export interface App {
  readonly running: RunningApp;
  readonly dir: string;
  /** Ends the app and returns what V8 counted in it. */
  coverage(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function openApp(name: string, ready: string): Promise<App> {
  const dir = path.resolve(import.meta.dirname, '../../fixtures/apps', name);
  const { scripts } = JSON.parse(readFileSync(path.join(dir, 'package.json'), 'utf8'));
  const node = (script: string) => script.split(' ').slice(1);
  const coverageDir = mkdtempSync(path.join(tmpdir(), `${name}-`));
  // Only the app is counted: its migration loads some of the same files and leaves most of them out.
  const counted = ['/usr/bin/env', `NODE_V8_COVERAGE=${coverageDir}`, process.execPath] as const;
  const running = await RunningApp.open({
    name,
    ready,
    migrate: [process.execPath, ...node(scripts.migrate)],
    start: [...counted, '--import', PRELOAD, ...node(scripts.start)],
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= running.stop();
    return stopped;
  };
  return {
    running,
    dir,
    async coverage() {
      await stop();
      return readdirSync(coverageDir).map((it) => readFileSync(path.join(coverageDir, it), 'utf8'));
    },
    async stop() {
      await stop();
      rmSync(coverageDir, { recursive: true, force: true });
    },
  };
}
