import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Driver } from '../db/db.ts';
import type { Branch, Branches, Ledger, TemplateSource } from './branch.ts';
import type { NeonApi } from './neon-api.ts';

export interface NeonOptions {
  readonly api: NeonApi;
  readonly driver: Driver;
  readonly ledger: Ledger;
  /** Brings a branch from the parent's schema to the app's. */
  readonly template: TemplateSource;
  /** Done to each branch before it is handed out (the stamp that enrols it). */
  readonly prepare?: (database: Database) => Promise<void>;
  readonly now: () => Date;
  readonly hours: number;
  /** Stands in the ledger beside the branch's name, so that anybody with a key finds it. */
  readonly project: string;
}

/** A branch of a Neon project for each taker, deleted when it is given back or closed, by Neon itself in time. */
export function neonBranches(options: NeonOptions): Branches {
  const taken = new Set<Branch>();
  const close = async () => {
    await Promise.all([...taken].map((branch) => branch.close()));
  };
  return {
    isolation: 'neon',
    async take() {
      const branch = await takeBranch(options, () => taken.delete(branch));
      taken.add(branch);
      return branch;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function takeBranch(options: NeonOptions, gone: () => void): Promise<Branch> {
  const { api, driver, ledger, template, prepare, now, hours, project } = options;
  const name = `statewright-${randomBytes(6).toString('hex')}`;
  const remove = async () => {
    await api.remove(name);
    await ledger.strike('branch', `${name}/${project}`);
  };
  await ledger.record('branch', `${name}/${project}`);
  let database: Database | undefined;
  try {
    const url = await api.create(name, new Date(now().getTime() + hours * 3_600_000));
    await awake(url, driver);
    await template.build(url);
    database = await driver.connect(url);
    await prepare?.(database);
    await database.baseline();
  } catch (error) {
    await database?.close();
    // The ledger knows of it, should this fail as well.
    await remove().catch(() => undefined);
    throw error;
  }
  const opened = database;
  let closed: Promise<void> | undefined;
  const end = async () => {
    gone();
    await opened.close();
    await remove();
  };
  const close = () => (closed ??= end());
  return { ...opened, close, giveBack: close, [Symbol.asyncDispose]: close };
}

/** A compute that was only just started may refuse its first visitors. */
async function awake(url: string, driver: Driver): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await using sql = await driver.open(url);
      await sql.query('select 1');
      return;
    } catch (error) {
      if (attempt === 5) throw error;
      await sleep(attempt * 200);
    }
  }
}
