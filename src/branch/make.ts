import { randomBytes } from 'node:crypto';
import { type Database, type Session, withDatabase } from '../db/db.ts';
import type { CloneOptions } from './branch.ts';
import { holdsPlace, leavePlace, takePlace } from './place.ts';
import type { Template } from './template.ts';

/** Sessions in the maintenance database: the keeper's is always free to answer at once. */
export interface CloneSessions {
  readonly keeper: Session;
  readonly creator: Session;
  readonly dropper: Session;
}

/** Makes one clone; closing it drops it. The ledger knows its name before it exists. Aborting ends the wait for a place. */
export async function makeClone(
  options: CloneOptions,
  template: Template,
  sessions: CloneSessions & { readonly signal: AbortSignal },
): Promise<Database> {
  const name = `sw_c_${template.name.slice(5, 13)}_${randomBytes(5).toString('hex')}`;
  const onClose = () => dropClone(options, sessions, name);
  const { keeper, signal } = sessions;
  await takePlace(keeper, name, { limit: options.limit ?? 64, signal });
  let clone: Database | undefined;
  try {
    await options.ledger.record('database', name);
    const { creator } = sessions;
    await creator.query(`create database ${name} template ${template.name} strategy file_copy`);
    if (template.settings) await creator.query(template.settings(name));
    clone = await options.driver.connect(withDatabase(options.url, name), { onClose });
    await options.prepare?.(clone);
    return clone;
  } catch (error) {
    await (clone ? clone.close() : onClose());
    throw error;
  }
}

/** Whether the clone answers and our lock on it still stands. */
export async function isSound(clone: Database, { keeper }: CloneSessions): Promise<boolean> {
  const answers = clone.session((sql) => sql.query('select 1', [], 'sw_health'));
  const checks = Promise.all([answers, holdsPlace(keeper, clone.name)]);
  return checks.then(
    ([, holds]) => holds,
    () => false,
  );
}

/** Brings back the template's content; false when somebody else is in it or something differs. */
export async function renewClone(clone: Database, { keeper }: CloneSessions): Promise<boolean> {
  const others = await keeper.query(
    `select from pg_stat_activity
     where datname = $1 and application_name <> $2 and backend_type = 'client backend'`,
    [clone.name, `statewright/${process.pid}`],
  );
  return others.length === 0 && (await clone.reset()).length === 0;
}

async function dropClone(
  options: CloneOptions,
  { keeper, dropper }: CloneSessions,
  name: string,
): Promise<void> {
  await dropper.query(`drop database if exists ${name} with (force)`);
  await options.ledger.strike('database', name);
  await leavePlace(keeper, name);
}
