import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { identity, type Table } from '../db/db.ts';
import { type Cells, columnOf } from './draft.ts';
import { cellSql, drizzleTable, propertyOf, toStatement, whereSql } from './sql.ts';
import type { Adjust, Match, Param, State } from './state.ts';
import { entryValues, made } from './statement.ts';

const db = drizzle.mock();

/** Finds the one row with these values. */
export function compileMatch(name: string, table: Table, where: Cells): Match {
  return { kind: 'match', name, table: table.id, ...findSql(table, where) };
}

/** At most two rows with these values, each as `row`, JSON text: two are one too many. */
export function findSql(table: Table, where: Cells): { sql: string; params: Param[] } {
  const from = sql`${drizzleTable(table)} as "r"`;
  return toStatement(
    sql`select row_to_json(r.*)::text as "row" from ${from} where ${whereSql(where, table, 'r')} limit 2`,
  );
}

/** No table is called that. */
const BEFORE = sql.identifier('statewright before');

/** Changes a row by its key and keeps what it was: the old image is read under the lock the update needs. */
export function compileAdjust(name: string, table: Table, set: Cells): Adjust {
  const key = identity(table);
  const target = drizzleTable(table);
  const byKey: Cells = new Map(
    key.map((column) => [column, { kind: 'ref', row: name, column, index: 0 }]),
  );
  const old = sql`(select * from ${target} as "r" where ${whereSql(byKey, table, 'r')} for update) as ${BEFORE}`;
  const same = key.map((column) => {
    const its = sql.identifier(column);
    return sql`${sql.identifier(table.name)}.${its} = ${BEFORE}.${its}`;
  });
  const values = [...set].flatMap(([column, cell]) => {
    const known = columnOf(table, column);
    return known ? [[propertyOf(column), cellSql(cell, known)] as const] : [];
  });
  const changed = db.$with('changed').as(
    db
      .update(target)
      .set(Object.fromEntries(values))
      .from(old)
      .where(sql.join(same, sql` and `))
      .returning({
        old: sql`row_to_json(${BEFORE}.*)`.as('old'),
        new: sql`row_to_json(${sql.identifier(table.name)}.*)`.as('new'),
      }),
  );
  const entry = entryValues('adjust', {
    shape: [{ table: table.id, key, count: 1, columns: [...set.keys()] }],
    rows: sql`json_build_array(json_build_object('old', "old", 'new', "new"))`,
    from: sql`"changed"`,
  });
  const query = db
    .with(changed)
    .insert(made)
    .select(entry)
    .returning({ row: sql`(${made.rows} -> 0 -> 'new')::text`.as('row') });
  return { kind: 'adjust', name, table: table.id, ...toStatement(query) };
}

/** Holds when no row has these values. */
export function compileAbsence(
  about: string,
  table: Table,
  where: Cells,
): State['expects'][number] {
  const from = sql`${drizzleTable(table)} as "r"`;
  const holds = sql`not exists (select 1 from ${from} where ${whereSql(where, table, 'r')})`;
  return { about, ...toStatement(sql`select ${holds} as "holds"`) };
}

/** Holds when the row still has what was set, whatever triggers did meanwhile. */
export function compilePresence(
  about: string,
  table: Table,
  where: Cells,
): State['expects'][number] {
  const from = sql`${drizzleTable(table)} as "r"`;
  const holds = sql`exists (select 1 from ${from} where ${whereSql(where, table, 'r')})`;
  return { about, ...toStatement(sql`select ${holds} as "holds"`) };
}
