import { type Database, type Driver, databaseName, type Session, type Sql } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import type { Branch, Branches } from './branch.ts';

export interface RollbackOptions {
  readonly driver: Driver;
  readonly checksums: (sql: Sql) => Promise<Readonly<Record<string, string>>>;
}

/**
 * The given database inside one transaction of one session, never committed: whatever is done is gone
 * when it is reset or closed. Only that session sees it.
 */
export function rollbackDatabase(url: string, { driver, checksums }: RollbackOptions): Branches {
  const taken = new Set<Branch>();
  const close = async () => {
    await Promise.all([...taken].map((branch) => branch.close()));
  };
  return {
    isolation: 'rollback',
    async take() {
      const session = await driver.open(url);
      await session.query(`begin; savepoint ${BASELINE}`);
      const branch: Branch = branchOf(url, session, {
        checksums,
        gone: () => taken.delete(branch),
      });
      taken.add(branch);
      return branch;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

const BASELINE = 'statewright_baseline';

function branchOf(
  url: string,
  session: Session,
  { checksums, gone }: Pick<RollbackOptions, 'checksums'> & { gone: () => void },
): Branch {
  const alone = oneByOne();
  const inside = inTransaction(session);
  const run: Database['session'] = (work) => alone(() => guarded(session, () => work(inside)));
  let closed: Promise<void> | undefined;
  const end = async () => {
    gone();
    await session.query('rollback').catch(() => undefined);
    await session.end();
  };
  const close = () => (closed ??= alone(end));
  const mark = (text: string) => alone(async () => void (await session.query(text)));
  return {
    url,
    name: databaseName(url),
    session: run,
    baseline: () => mark(`release ${BASELINE}; savepoint ${BASELINE}`),
    reset: async () => {
      await mark(`rollback to ${BASELINE}`);
      return [];
    },
    capture: async () => false,
    replay: async () => false,
    checksums: () => run(checksums),
    close,
    giveBack: close,
    [Symbol.asyncDispose]: close,
  };
}

/** A failed statement would end the transaction: what it stood in is taken back as far as here. */
async function guarded<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.query('savepoint statewright_work');
  try {
    const result = await work();
    await session.query('release statewright_work');
    return result;
  } catch (error) {
    const lost = await session.query('rollback to statewright_work').then(
      () => false,
      () => session.alive(),
    );
    throw lost ? committed(error) : error;
  }
}

function committed(cause: unknown): StatewrightError {
  return new StatewrightError(
    'branch.committed',
    'What was run here ended the transaction that isolates it: what it wrote until then stands in the database.',
    {
      hint: 'Take a commit, end or rollback out of the text, or use another --isolation.',
      cause,
    },
  );
}

/** Transactions inside are savepoints. */
function inTransaction(session: Session): Sql {
  return {
    query(text, params, name) {
      const [, verb = '', rest = ''] =
        /^\s*(begin|commit|rollback)\b[^;]*(;[\s\S]*)?$/i.exec(text) ?? [];
      const instead = SAVEPOINTS[verb.toLowerCase()];
      return instead ? session.query(`${instead}${rest}`) : session.query(text, params, name);
    },
  };
}

const SAVEPOINTS: Readonly<Record<string, string>> = {
  begin: 'savepoint statewright_inner',
  commit: 'release statewright_inner',
  rollback: 'rollback to statewright_inner',
};

/** One piece of work after the other: they share a session. */
function oneByOne() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
}
