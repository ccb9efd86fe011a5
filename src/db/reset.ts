import { setTimeout as sleep } from 'node:timers/promises';
import { StatewrightError } from '../kernel/errors.ts';
import { readCatalog } from './catalog.ts';
import type { Residue, Row, Sql } from './db.ts';
import { refusals } from './restore.ts';

/** How long the application's sessions may take to become idle. */
const patienceMs = 3000;

/**
 * Brings back the baseline's content of the tables written since, once every other session is idle, and
 * returns the rows that still differ. Nothing is changed when it throws:
 * `db.noBaseline`, `db.shapeChanged` after DDL, `db.busy`, `db.cannotReset` without the right to.
 */
export async function resetToBaseline(
  sql: Sql,
  { sequences = false }: { readonly sequences?: boolean } = {},
): Promise<readonly Residue[]> {
  await checkShape(sql);
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      const rows = await sql.query(
        'select id, differing::float8 from statewright.restore($1)',
        [sequences],
        'sw_restore',
      );
      return rows.map((row) => ({ table: String(row['id']), rows: Number(row['differing']) }));
    } catch (error) {
      if (sqlState(error) !== refusals.busy || performance.now() > deadline) throw worded(error);
      await sleep(5);
    }
  }
}

async function checkShape(sql: Sql): Promise<void> {
  const [baseline] = await readShape(sql);
  if (!baseline) throw noBaseline(undefined);
  const shape = baseline['digest'];
  if (typeof shape === 'string' && (await readCatalog(sql)).digest !== shape) throw shapeChanged();
}

async function readShape(sql: Sql): Promise<readonly Row[]> {
  try {
    return await sql.query('select digest from statewright.baseline_shape');
  } catch (cause) {
    throw sqlState(cause) === '42P01' ? noBaseline(cause) : cause;
  }
}

function worded(error: unknown): unknown {
  switch (sqlState(error)) {
    case refusals.ddl:
      return shapeChanged();
    case refusals.busy:
    case '55P03':
      return busy(error);
    case '42501':
      return cannotReset(error);
    default:
      return error;
  }
}

function sqlState(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function noBaseline(cause: unknown): StatewrightError {
  return new StatewrightError('db.noBaseline', 'This database has no baseline to return to.', {
    hint: 'Call baseline() once the application has booted.',
    cause,
  });
}

function shapeChanged(): StatewrightError {
  const message = 'The schema was changed since the baseline. Nothing was reset.';
  return new StatewrightError('db.shapeChanged', message, {
    hint: 'Take a fresh clone and start the application on it.',
  });
}

function busy(cause: unknown): StatewrightError {
  const sessions = cause instanceof Error ? cause.message : '';
  const message = `Other sessions are still at work: ${sessions}. Nothing was reset.`;
  return new StatewrightError('db.busy', message, {
    hint: 'End the transaction that was left open, or take a fresh clone.',
    facts: { sessions },
    cause,
  });
}

function cannotReset(cause: unknown): StatewrightError {
  const message = "This role can't switch triggers and foreign keys off. Nothing was reset.";
  return new StatewrightError('db.cannotReset', message, {
    hint: 'Run `grant set on parameter session_replication_role to <role>`, or use fresh clones.',
    cause,
  });
}
