import type { Rows } from '../bulk/bulk.ts';
import type { Copier } from '../db/db.ts';

/** What a table's triggers make of rows: settings they ask for, and columns they fill themselves. */
export interface Outlook {
  readonly settings: readonly string[];
  /** Columns by number. */
  readonly left: readonly number[];
}

const SETTING = /unrecognized configuration parameter "([\w.]+)"/;

/** Tries one row inside a transaction and takes it back. */
export async function outlookOf(rows: Rows, sql: Copier): Promise<Outlook> {
  const { table, count } = rows.job;
  if (!table.triggers || count === 0) return { settings: [], left: [] };
  const optional = rows.columns.filter((column) => {
    const keyed = table.foreignKeys.some((key) => key.columns.includes(column.number));
    return !column.notNull && column.default === null && !keyed;
  });
  const sent = rows.columns.filter((column) => !optional.includes(column));
  const values = rows.row(0);
  const params = sent.map((column) => values[rows.columns.indexOf(column)] ?? null);
  const told = optional.map((column) => `${column.sql} is not null`).join(', ');
  const settings: string[] = [];
  for (let round = 0; round < 5; round++) {
    await sql.query('savepoint statewright_try');
    try {
      const [row] = await sql.query(
        `insert into ${table.sql} (${sent.map((column) => column.sql).join(', ')}) overriding system value
         values (${params.map((_, at) => `$${at + 1}`).join(', ')})
         returning array[${told || 'false'}]::boolean[] as filled`,
        params,
      );
      await sql.query('rollback to savepoint statewright_try');
      const filled = row?.['filled'] as boolean[] | undefined;
      const left = optional.filter((_, at) => filled?.[at]).map(({ number }) => number);
      return { settings, left };
    } catch (error) {
      await sql.query('rollback to savepoint statewright_try');
      const [, setting] = SETTING.exec(error instanceof Error ? error.message : '') ?? [];
      if (setting === undefined) return { settings, left: [] };
      settings.push(setting);
      await sql.query("select set_config($1, 'statewright', false)", [setting]);
    }
  }
  return { settings, left: [] };
}

/** The rows without what triggers fill. */
export function fitted(rows: Rows, { left }: Outlook): Rows {
  return left.length === 0 ? rows : rows.without(left);
}

export function namesOf({ columns }: Pick<Rows, 'columns'>): string {
  return columns.map((column) => column.sql).join(', ');
}

/** Moves the sequences past the first `count` rows; those that foreign keys number may be in any order. */
export async function advance(
  { plan, job, cell }: Rows,
  count: number,
  sql: Copier,
): Promise<void> {
  for (const { column, source, keys } of plan.columns) {
    if (source.kind !== 'counter' || !column.sequence || count === 0) continue;
    const [further, most] = column.sequence.step > 0 ? ['greatest', 'max'] : ['least', 'min'];
    const [row] =
      keys.length > 0
        ? await sql.query(`select ${most}(${column.sql})::text as last from ${job.table.sql}`)
        : [];
    const last = row?.['last'] ?? cell(column.number, count - 1);
    await sql.query(
      (await mayMove(column.sequence.sql, sql)) ? MOVE(further, column.sequence.sql) : DRAW,
      [column.sequence.sql, last],
    );
  }
}

async function mayMove(sequence: string, sql: Copier): Promise<boolean> {
  const [row] = await sql.query(
    `select has_sequence_privilege($1, 'update') and has_sequence_privilege($1, 'select') as may`,
    [sequence],
  );
  return row?.['may'] === true;
}

const MOVE = (further: string, sequence: string) =>
  `select setval($1::regclass, ${further}($2::int8, last_value)) from ${sequence}`;

/** Who may only draw from a sequence draws until it is there. */
const DRAW = `
  select count(nextval($1::regclass)) from pg_sequence q, generate_series(1,
    ($2::int8 - coalesce(pg_sequence_last_value(q.seqrelid), q.seqstart - q.seqincrement)) / q.seqincrement)
  where q.seqrelid = $1::regclass`;
