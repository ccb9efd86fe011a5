import type { Condition, Term } from '../../condition/condition.ts';
import { mentionsOf } from './mentions.ts';
import { columnOf, type Setting, tableNamed } from './setting.ts';
import { ownerOf } from './world.ts';

/**
 * Why a row that is said to be missing can't be: a foreign key of a row that is there refers to it, and the
 * query asks for nothing more than that. Null where nothing keeps it.
 */
export function keptRow(setting: Setting): string | null {
  const { present } = mentionsOf(setting);
  const isThere = (row: string) => {
    const owner = ownerOf(setting, row);
    const inner = owner?.joins.some((join) => join.id === row && join.inner) ?? false;
    return present.has(row) || (inner && present.has(owner?.id ?? ''));
  };
  for (const condition of setting.when) {
    const query = condition.kind === 'absent' ? setting.queries.get(condition.query) : undefined;
    if (!query || query.of !== null || query.joins.some((join) => join.inner)) continue;
    const [only] = query.where;
    const key = only && query.where.length === 1 ? equality(only, query.id) : null;
    if (!key || !isThere(key.from.row) || !refers(setting, query.table, key)) continue;
    if (!isFilled(setting, key.from)) continue;
    return `no ${query.id} contradicts ${key.from.row}.${key.from.column}, a foreign key that refers to it`;
  }
  return null;
}

type Cell = Term & { readonly kind: 'column' };

interface Key {
  readonly own: Cell;
  readonly from: Cell;
}

function equality(condition: Condition, query: string): Key | null {
  if (!('left' in condition) || condition.op !== '=') return null;
  const { left, right } = condition;
  if (left.kind !== 'column' || right.kind !== 'column') return null;
  if (left.row === query && right.row !== query) return { own: left, from: right };
  return right.row === query && left.row !== query ? { own: right, from: left } : null;
}

function refers(setting: Setting, table: string, { own, from }: Key): boolean {
  const [target, source] = [setting.tables.get(table), tableNamed(setting, from.row)];
  const [wanted, column] = [columnOf(target, own.column), columnOf(source, from.column)];
  return (
    source?.foreignKeys.some(
      ({ columns, references, ...key }) =>
        key.table === table &&
        columns.length === 1 &&
        columns[0] === column?.name &&
        references[0] === wanted?.name,
    ) ?? false
  );
}

function isFilled(setting: Setting, { row, column }: Cell): boolean {
  if (columnOf(tableNamed(setting, row), column)?.nullable === false) return true;
  return setting.when.some(
    (item) =>
      'left' in item &&
      item.op === '!=' &&
      item.left.kind === 'column' &&
      item.left.row === row &&
      item.left.column === column &&
      item.right.kind === 'literal' &&
      item.right.value === null,
  );
}
