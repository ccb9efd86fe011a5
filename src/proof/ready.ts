import type { AppConfig } from '../config/config.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Logs } from './logs.ts';
import { triedDatabase } from './on-database.ts';
import { ask } from './send.ts';
import { type Exit, isAlive, type Supervised } from './supervise.ts';

const PROBE_EVERY_MS = 30;

/**
 * Waits until the app answers `config.ready` below 500; `taken` when it found its port taken,
 * `elsewhere` when it was kept from another database. Throws
 * `app.exited` when it ends before, `app.notReady` after `config.startTimeoutMs`.
 */
export async function untilReady(
  supervised: Supervised,
  url: string,
  { config, signal }: { config: AppConfig; signal?: AbortSignal },
): Promise<'ready' | 'taken' | 'elsewhere'> {
  const deadline = performance.now() + config.startTimeoutMs;
  let last = 'no answer';
  while (performance.now() < deadline) {
    signal?.throwIfAborted();
    if (isTaken(supervised)) return 'taken';
    if (triedDatabase(supervised.logs) !== null) return 'elsewhere';
    if (!isAlive(supervised)) {
      const exit = await supervised.exited;
      if (isTaken(supervised)) return 'taken';
      if (triedDatabase(supervised.logs) !== null) return 'elsewhere';
      throw exitedEarly(config, exit, supervised.logs);
    }
    const left = Math.max(deadline - performance.now(), 1);
    const status = await ask(url, config.ready, { timeoutMs: left, signal });
    if (status !== null && status < 500) return isTaken(supervised) ? 'taken' : 'ready';
    if (status !== null) last = `status ${status}`;
    await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
  }
  throw notReady(config, last, supervised.logs);
}

/** Whether it said that its port is in use. */
export function isTaken(supervised: Supervised): boolean {
  return supervised.logs.tail(60).some((line) => /EADDRINUSE|address already in use/i.test(line));
}

/** The error for an app that ended before it could be used. */
export function exitedEarly(config: AppConfig, exit: Exit, logs: Logs): StatewrightError {
  const command = config.start.join(' ');
  const missing = exit.error === 'ENOENT';
  const how = exit.error ?? (exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code}`);
  const log = logs.tail(20);
  return new StatewrightError(
    'app.exited',
    `The app ended before it was ready (${how}): ${command}${shown(log)}`,
    {
      hint: missing
        ? 'Check app.start and app.cwd in the config; are its dependencies installed?'
        : `Run "${command}" by hand with ${config.databaseEnv} and ${config.portEnv} set, or add what it misses to app.env.`,
      facts: { command, code: exit.code, signal: exit.signal, error: exit.error, log: [...log] },
    },
  );
}

function notReady(config: AppConfig, last: string, logs: Logs): StatewrightError {
  const log = logs.tail(20);
  return new StatewrightError(
    'app.notReady',
    `The app did not answer GET ${config.ready} below 500 within ${config.startTimeoutMs} ms (${last}).${shown(log)}`,
    {
      hint: `Does it listen on 127.0.0.1 at the port in ${config.portEnv}? Set app.ready, app.portEnv or app.startTimeoutMs.`,
      facts: { ready: config.ready, last, log: [...log] },
    },
  );
}

function shown(log: readonly string[]): string {
  return log.length === 0 ? '\nIt printed nothing.' : `\nIts last lines:\n  ${log.join('\n  ')}`;
}
