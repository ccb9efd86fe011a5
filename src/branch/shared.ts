import { type Database, type Driver, databaseName, type Session, type Sql } from '../db/db.ts';
import { type Branch, type Branches, residueLeft } from './branch.ts';

/** A run in the control ledger; what its sessions write is its own. */
export interface SharedRun {
  readonly id: string;
  closed(): Promise<void>;
  failed(reason: string): Promise<void>;
}

/** What writes down what sessions of runs write. */
export interface Journal {
  install(sql: Sql): Promise<void>;
  /** Takes it out again, unless somebody needs it; says why where that can't be now, and is to be tried again. */
  remove(sql: Sql): Promise<string | null>;
}

export interface SharedOptions<Run extends SharedRun> {
  readonly driver: Driver;
  /** Writes a run down that may leave rows in that database. */
  readonly enter: (database: string) => Promise<Run>;
  readonly journal: Journal;
  /** Takes away what a run did after that entry of its ledger; gives the tables that are not as before. */
  readonly undo: (
    sql: Sql,
    run: string,
    after: string,
  ) => Promise<{ table: string; rows: number }[]>;
}

/** One of several takers of the same database. */
export interface SharedBranch<Run extends SharedRun> extends Branch {
  /** The run its sessions belong to: an app with `statewright.run` set to its id does too. */
  readonly run: Run;
  /** Ends it without taking anything away: the run goes on, and what it wrote stands. */
  leave(): Promise<void>;
}

export interface SharedBranches<Run extends SharedRun> extends Branches {
  take(): Promise<SharedBranch<Run>>;
}

/**
 * A given database that others use meanwhile, as they may: each taker's sessions carry its run, and what
 * they write is written down and undone. Whole tables, sequences and what other sessions do are not kept
 * apart; two takers see each other's rows.
 */
export function sharedDatabase<Run extends SharedRun>(
  url: string,
  options: SharedOptions<Run>,
): SharedBranches<Run> {
  const taken = new Set<Branch>();
  const close = async () => {
    await Promise.all([...taken].map((branch) => branch.close()));
  };
  return {
    isolation: 'shared',
    async take() {
      const branch = await takeBranch(url, options, () => taken.delete(branch));
      taken.add(branch);
      return branch;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function takeBranch<Run extends SharedRun>(
  url: string,
  options: SharedOptions<Run>,
  gone: () => void,
): Promise<SharedBranch<Run>> {
  const { driver, journal, undo } = options;
  const run = await options.enter(databaseName(url));
  const keeper = await driver.open(url);
  let database: Database;
  try {
    await journal.install(keeper);
    database = await driver.connect(markedUrl(url, run.id));
  } catch (error) {
    await over(run, await letGo(keeper, journal).catch(String));
    throw error;
  }
  let baseline = '0';
  let ended: Promise<void> | undefined;
  const leave = async () => {
    gone();
    await database.close();
    return letGo(keeper, journal);
  };
  const end = async () => {
    try {
      await database.close();
      const left = await undo(keeper, run.id, '0');
      if (left.length > 0) throw residueLeft(left);
    } catch (error) {
      await run.failed(error instanceof Error ? error.message : String(error));
      await leave();
      throw error;
    }
    await over(run, await leave());
  };
  const close = () => (ended ??= end());
  return {
    ...database,
    run,
    async baseline() {
      const [row] = await keeper.query(
        'select coalesce(max(id), 0)::text as last from statewright.made where run = $1',
        [run.id],
      );
      baseline = String(row?.['last']);
    },
    reset: () => undo(keeper, run.id, baseline),
    capture: async () => false,
    replay: async () => false,
    leave: () => (ended ??= leave().then(() => undefined)),
    close,
    giveBack: close,
    [Symbol.asyncDispose]: close,
  };
}

async function letGo(keeper: Session, journal: Journal): Promise<string | null> {
  try {
    return await journal.remove(keeper);
  } finally {
    await keeper.end();
  }
}

/** What a run that is over has left is for the ledger to come back to. */
async function over(run: SharedRun, left: string | null): Promise<void> {
  await (left === null ? run.closed() : run.failed(left));
}

/** The same database, its sessions of that run. */
function markedUrl(url: string, run: string): string {
  const [address = '', query = ''] = url.split('?');
  const params = new URLSearchParams(query);
  params.set('options', `${params.get('options') ?? ''} -c statewright.run=${run}`.trim());
  return `${address}?${params.toString().replaceAll('+', '%20')}`;
}
