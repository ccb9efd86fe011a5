import type { Rows } from '../bulk/bulk.ts';
import type { Copier, Sql } from '../db/db.ts';
import { namesOf } from './outlook.ts';

/** How many rows are written between two words of progress, and between two commits of a kept load. */
export const STEP = 100_000;

/** Writes some rows of a table, by number, or copies them `into` another of the same columns; gives how many were taken. */
export async function copyStep(
  rows: Rows,
  { from, to }: { from: number; to: number },
  { sql, into }: { sql: Copier; into?: string },
): Promise<number> {
  const { table } = rows.job;
  if (rows.columns.length > 0) {
    return await sql.copyIn(
      `copy ${into ?? table.sql} (${namesOf(rows)}) from stdin`,
      rows.lines({ from, to }),
    );
  }
  for (let at = from; at < to; at++) await sql.query(`insert into ${table.sql} default values`);
  return to - from;
}

/** Gives a session the settings that a table's triggers ask for. */
export async function give(settings: readonly string[], sql: Sql): Promise<void> {
  for (const setting of settings) {
    await sql.query("select set_config($1, 'statewright', false)", [setting]);
  }
}
