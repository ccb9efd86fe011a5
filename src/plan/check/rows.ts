import type { Column, Table } from '../../db/db.ts';
import type { Finding } from '../../kernel/finding.ts';
import { isMade, type Plan, refOf, type Value } from '../plan.ts';
import { fitsColumn } from '../solve/column-fit.ts';
import { typeOf } from '../solve/column-type.ts';
import { type Checked, plannedCells, problem, type Rule } from './context.ts';

type Cell = {
  readonly table: string;
  readonly column: string;
  readonly value: Value;
  readonly path: string;
};

export const knownTables: Rule = ({ plan, tables }) => {
  const named = [
    ...Object.entries(plan.given.rows).map(([name, row]) => [`given.rows.${name}`, row.table]),
    ...plan.given.absent.map((entry, index) => [`given.absent.${index}`, entry.table]),
  ];
  return named.flatMap(([path = '', table = '']) =>
    tables.has(table) ? [] : [problem('unknownTable', path, { table })],
  );
};

export const knownColumns: Rule = (checked) =>
  everyCell(checked).flatMap(({ table, column, path }) => {
    const known = checked.tables.get(table);
    return !known || columnIn(known, column)
      ? []
      : [problem('unknownColumn', path, { table, column })];
  });

export const fittingValues: Rule = (checked) =>
  everyCell(checked).flatMap(({ table, column, value, path }) => {
    const found = columnIn(checked.tables.get(table), column);
    return found ? valueProblems(checked, { column: found, value, path }) : [];
  });

function valueProblems(
  checked: Checked,
  { column, value, path }: { column: Column; value: Value; path: string },
): Finding[] {
  const facts = { column: column.name, type: column.type };
  if (value === null) return column.nullable ? [] : [problem('nullNotAllowed', path, facts)];
  if (typeof value !== 'object') {
    if (column.values && !column.values.includes(String(value))) {
      return [problem('unknownEnumValue', path, { ...facts, value, values: column.values })];
    }
    return fitsColumn(column, value) ? [] : [problem('wrongType', path, { ...facts, value })];
  }
  const type = typeOf(column);
  if ('now' in value && !['instant', 'date', 'other'].includes(type)) {
    return [problem('wrongType', path, { ...facts, value: value.now })];
  }
  const source = columnAt(checked, value);
  if (source && !sameFamily(typeOf(source), type)) {
    return [problem('wrongType', path, { ...facts, value: source.type })];
  }
  return [];
}

/** Columns whose value the database alone gives. */
export const settableColumns: Rule = (checked) =>
  plannedCells(checked).flatMap(({ row, column, path }) => {
    const found = columnIn(checked.tables.get(row.table), column);
    const fixed =
      found?.default.kind === 'generated' ||
      (found?.default.kind === 'identity' && found.default.always);
    return isMade(row) && fixed ? [problem('generatedColumn', path, { column })] : [];
  });

/** Rows that the plan puts there and says aren't. */
export const keptAbsences: Rule = ({ plan }) =>
  plan.given.absent.flatMap((entry, index) => {
    const conditions = Object.entries(entry.where);
    const row = Object.entries(plan.given.rows).find(([, planned]) => {
      if (planned.table !== entry.table || !isMade(planned)) return false;
      return conditions.every(
        ([column, value]) => JSON.stringify(planned.set[column]) === JSON.stringify(value),
      );
    });
    return row ? [problem('plannedAndAbsent', `given.absent.${index}`, { row: row[0] })] : [];
  });

function everyCell(checked: Checked): Cell[] {
  const absent = checked.plan.given.absent.flatMap((entry, index) =>
    Object.entries(entry.where).map(([column, value]) => ({
      table: entry.table,
      column,
      value,
      path: `given.absent.${index}.where.${column}`,
    })),
  );
  const cells = plannedCells(checked).map(({ row, column, value, path }) => ({
    table: row.table,
    column,
    value,
    path,
  }));
  return [...cells, ...absent];
}

function columnAt({ plan, tables }: Checked, value: Value): Column | undefined {
  const ref = refOf(value);
  const row = ref ? ownRow(plan, ref.row) : undefined;
  return ref && row ? columnIn(tables.get(row.table), ref.column) : undefined;
}

/** The planned row of that name; names come from files, so inherited properties don't count. */
export function ownRow(plan: Plan, name: string) {
  return Object.hasOwn(plan.given.rows, name) ? plan.given.rows[name] : undefined;
}

export function columnIn(table: Table | undefined, name: string): Column | undefined {
  return table?.columns.find((column) => column.name === name);
}

function sameFamily(left: string, right: string): boolean {
  const family = (type: string) =>
    type === 'number' ? 'integer' : type === 'date' ? 'instant' : type;
  const loose = ['text', 'other', 'json'];
  if (loose.includes(left) || loose.includes(right)) return true;
  return family(left) === family(right);
}
