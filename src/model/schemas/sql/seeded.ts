import type { InsertStmt, Node, RangeVar, SelectStmt } from 'libpg-query';
import type { Table } from '../../../db/db.ts';
import type { Program } from '../../../repo/repo.ts';
import type { Seeded } from '../../model.ts';
import { constantOf, parseSql, type Statement } from '../../sql/parse.ts';
import { idOfRange } from './database.ts';
import { type Sql, seedingSql } from './files.ts';
import { statementsIn } from './statements.ts';

type Row = Map<string, string | number | boolean | null>;

/**
 * The rows that migrations put into tables, as far as their SQL says what is in them. What a later statement
 * changes or takes away is left out.
 */
export function seededRows(program: Program, root: string, tables: readonly Table[]): Seeded[] {
  const rows = new Map<string, Row[]>();
  const known = new Map(tables.map((table) => [table.id, table]));
  for (const { node } of seedingSql(program, root).flatMap(statementsOf)) {
    if ('InsertStmt' in node) {
      const id = idOfRange(node.InsertStmt.relation);
      const table = known.get(id);
      if (table) rows.set(id, [...(rows.get(id) ?? []), ...insertedBy(node.InsertStmt, table)]);
    } else if ('UpdateStmt' in node) {
      const { relation, targetList } = node.UpdateStmt;
      for (const row of rows.get(idOfRange(relation)) ?? []) {
        for (const name of targetsOf(targetList)) row.delete(name);
      }
    } else for (const gone of emptiedBy(node)) rows.delete(idOfRange(gone));
  }
  return [...rows]
    .map(([table, all]) => ({ table, rows: all.flatMap((row) => asRecord(row, known.get(table))) }))
    .filter((seeded) => seeded.rows.length > 0)
    .sort((a, b) => (a.table < b.table ? -1 : 1));
}

function statementsOf({ text }: Sql): readonly Statement[] {
  return parseSql(text) ?? statementsIn(text).flatMap((one) => parseSql(one) ?? []);
}

function insertedBy({ cols, selectStmt }: InsertStmt, table: Table): Row[] {
  const select: SelectStmt | undefined =
    selectStmt && 'SelectStmt' in selectStmt ? selectStmt.SelectStmt : undefined;
  const names = cols ? targetsOf(cols) : table.columns.map(({ name }) => name);
  return (select?.valuesLists ?? []).map((list) => {
    const cells = 'List' in list ? (list.List.items ?? []) : [];
    return new Map(
      cells.flatMap((cell, index): [string, string | number | boolean | null][] => {
        const [name, value] = [names[index], constantOf(cell)];
        return name === undefined || value === undefined ? [] : [[name, value]];
      }),
    );
  });
}

function targetsOf(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).map((each) => ('ResTarget' in each ? (each.ResTarget.name ?? '') : ''));
}

function emptiedBy(node: Node): (RangeVar | undefined)[] {
  if ('DeleteStmt' in node) return [node.DeleteStmt.relation];
  if (!('TruncateStmt' in node)) return [];
  return (node.TruncateStmt.relations ?? []).map((each) =>
    'RangeVar' in each ? each.RangeVar : undefined,
  );
}

/** The row without columns that later statements dropped or renamed; none where nothing of it is known. */
function asRecord(row: Row, table: Table | undefined): Seeded['rows'] {
  const names = new Set(table?.columns.map(({ name }) => name));
  const cells = [...row].filter(([name]) => names.has(name));
  return cells.length > 0 ? [Object.fromEntries(cells)] : [];
}
