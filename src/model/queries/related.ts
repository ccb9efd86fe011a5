import type { Place } from '../../condition/condition.ts';
import type { Table } from '../../db/db.ts';
import type { Relation } from '../reader.ts';
import { all, atom, type Formula } from '../trace/formula.ts';

type Keys = readonly (readonly [string, string])[];

/** Pairs of own column and related column. */
export function keysOf(own: Table, other: Table, relation: Relation): Keys {
  if (relation.fields.length > 0) {
    return relation.fields.map((field, index) => [field, relation.references[index] ?? field]);
  }
  const to = own.foreignKeys.find((key) => key.table === other.id);
  const from = other.foreignKeys.find((key) => key.table === own.id);
  const key = relation.kind === 'one' ? (to ?? from) : (from ?? to);
  if (!key) return [];
  return key.columns.map((column, index) => {
    const target = key.references[index] ?? column;
    return key === to ? [column, target] : [target, column];
  });
}

/** A row's parent is there wherever its foreign key can't be null. */
export function required(table: Table, keys: Keys): boolean {
  return table.foreignKeys.some(
    (key) =>
      keys.length > 0 &&
      keys.every(([own]) => key.columns.includes(own)) &&
      key.columns.every(
        (name) => table.columns.find((column) => column.name === name)?.nullable === false,
      ),
  );
}

/** What ties a related row to the row it belongs to. */
export function tieOf(
  keys: Keys,
  { row, owner, at }: { row: string; owner: string; at: Place },
): Formula {
  return all(
    keys.map(([own, other]) =>
      atom({
        kind: 'compare',
        at,
        left: { kind: 'column', row, column: other },
        op: '=',
        right: { kind: 'column', row: owner, column: own },
      }),
    ),
  );
}
