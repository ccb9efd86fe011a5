import { existsSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { readState } from '../../src/db/embedded/home.ts';
import { serverUrl } from '../../src/db/embedded.ts';
import { openSession } from '../../src/db/pg.ts';
import type { Desk } from './cli.ts';
import { processesOf } from './processes.ts';

/** What of dead runs can still be seen around a desk; all lists are empty when nothing is left. */
export interface LeftBehind {
  readonly processes: readonly string[];
  readonly databases: readonly string[];
  readonly runs: readonly string[];
  readonly resources: readonly string[];
  readonly folders: readonly string[];
}

export const NOTHING: LeftBehind = {
  processes: [],
  databases: [],
  runs: [],
  resources: [],
  folders: [],
};

/** Looks around the desk; `lease` is a run that is meant to stand, and its server with it. */
export async function leftBehind(desk: Desk, lease: string | null = null): Promise<LeftBehind> {
  const folders = readdirSync(join(desk.folder, 'temp')).filter(
    (name) => !/^(statewright-\d+|node-compile-cache)$/.test(name),
  );
  const state = await readState(desk.home);
  const serving = (command: string) => /^postgres|\/postgres |\/watch\.ts /.test(command);
  const processes = processesOf(desk.folder)
    .map(({ command }) => command)
    .filter((command) => lease === null || !serving(command));
  const sql = state && (await openSession(serverUrl(state)).catch(() => null));
  if (!sql) {
    const data = state && existsSync(state.dataDir) ? [state.dataDir] : [];
    return { ...NOTHING, processes, folders: [...folders, ...data] };
  }
  try {
    const all = async (text: string): Promise<string[]> =>
      (await sql.query(text, [lease ?? ''])).map((row) => String(row['it']));
    const known = `select name from statewright.resource where run = $1`;
    return {
      processes,
      folders,
      databases: await all(
        `select datname as it from pg_database where datname like 'sw\\_c\\_%' and datname not in (${known})`,
      ),
      runs: await all(
        `select id || ' ' || state as it from statewright.run where state <> 'closed' and id <> $1`,
      ),
      resources: await all(
        `select run || ' ' || kind || ' ' || name as it from statewright.resource where run <> $1`,
      ),
    };
  } finally {
    await sql.end();
  }
}

/** Whether anybody listens there. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
