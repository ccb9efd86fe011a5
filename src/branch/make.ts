import { randomBytes } from 'node:crypto';
import { type Database, type Session, withDatabase } from '../db/db.ts';
import type { CloneOptions } from './branch.ts';
import { emptyDatabase, holdsPlace, leavePlace, takePlace, tryPlace } from './place.ts';
import type { Template } from './template.ts';

/** Sessions in the maintenance database: the keeper's is always free to answer at once. */
export interface CloneSessions {
  readonly keeper: Session;
  /** As many as clones are made at a time. */
  readonly creators: Session[];
  readonly dropper: Session;
}

/** What a clone is made for: a taker who waits for it, or the stock. */
export type Purpose = { readonly kind: 'taker'; readonly signal: AbortSignal } | { kind: 'stock' };

/**
 * Makes one clone; closing it drops it. The ledger knows its name before it exists. For a taker it
 * waits for a place on the server; for the stock it needs half of them free and else makes none (null),
 * so that no pool's stock keeps another pool's takers waiting.
 */
export async function makeClone(
  options: CloneOptions & { readonly purpose: Purpose },
  template: Template,
  sessions: CloneSessions,
): Promise<Database | null> {
  const { purpose, limit = 64 } = options;
  const name = `sw_c_${template.name.slice(5, 13)}_${randomBytes(5).toString('hex')}`;
  const onClose = () => dropClone(options, sessions, name);
  if (purpose.kind === 'taker') {
    await takePlace(sessions.keeper, name, { limit, signal: purpose.signal });
  } else if (!(await tryPlace(sessions.keeper, name, Math.ceil(limit / 2)))) {
    return null;
  }
  let clone: Database | undefined;
  try {
    await options.ledger.record('database', name);
    await create(name, template, sessions.creators);
    clone = await options.driver.connect(withDatabase(options.url, name), { onClose });
    await options.prepare?.(clone);
    // Prepares the statements that will be asked when it is handed out.
    await isSound(clone, sessions);
    surroundings.set(clone, (await around(clone, sessions)).held);
    return clone;
  } catch (error) {
    await (clone ? clone.close() : onClose());
    throw error;
  }
}

/** On whichever session is free; there is one for each clone in the making. */
async function create(name: string, template: Template, creators: Session[]): Promise<void> {
  const creator = creators.pop();
  if (!creator) throw new Error('more clones in the making than sessions to make them');
  try {
    await creator.query(`create database ${name} template ${template.name} strategy file_copy`);
    if (template.settings) await creator.query(template.settings(name));
  } finally {
    creators.push(creator);
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
export async function renewClone(clone: Database, sessions: CloneSessions): Promise<boolean> {
  const { others, held } = await around(clone, sessions);
  if (others > 0 || held !== surroundings.get(clone)) return false;
  return (await clone.reset({ sequences: true })).length === 0;
}

/** What the server held of a clone when it was made: a reset inside of it brings none of that back. */
const surroundings = new WeakMap<Database, string>();

/** How many sessions of others are in a clone; and its settings, rights, limits and comment, as text. */
async function around(
  clone: Database,
  { keeper }: CloneSessions,
): Promise<{ others: number; held: string }> {
  const [row] = await keeper.query(AROUND, [clone.name, `statewright/${process.pid}`], 'sw_around');
  return { others: Number(row?.['others']), held: String(row?.['held']) };
}

const AROUND = `
  select
    (select count(*)::int from pg_stat_activity
      where datname = $1 and application_name <> $2 and backend_type = 'client backend') as others,
    (select jsonb_build_array(d.datdba, d.datconnlimit, d.datacl::text, shobj_description(d.oid, 'pg_database'),
        (select jsonb_agg(to_jsonb(s) order by s.setrole) from pg_db_role_setting s where s.setdatabase = d.oid))::text
      from pg_database d where d.datname = $1) as held`;

async function dropClone(
  options: CloneOptions,
  { keeper, dropper }: CloneSessions,
  name: string,
): Promise<void> {
  await emptyDatabase(dropper, name);
  await dropper.query(`drop database if exists ${name} with (force)`);
  await options.ledger.strike('database', name);
  await leavePlace(keeper, name);
}
