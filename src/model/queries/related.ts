import type { Place } from '../../condition/condition.ts';
import type { Table } from '../../db/db.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { Relation } from '../reader.ts';
import { all, atom, type Formula } from '../trace/formula.ts';
import type { Machine } from '../trace/machine.ts';
import { asked } from '../trace/path.ts';
import { placeAt } from '../trace/source.ts';
import { newRead } from './select.ts';

type Keys = readonly (readonly [string, string])[];

/** Pairs of own column and related column. */
export function keysOf(own: Table, other: Table, relation: Relation): Keys {
  if (relation.through) return [];
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

/** Whether anything says which rows belong to which. */
export function isTied(own: Table, other: Table, relation: Relation): boolean {
  return relation.through !== undefined || keysOf(own, other, relation).length > 0;
}

interface Tied {
  readonly relation: Relation;
  readonly table: Table;
  readonly other: Table;
  /** The related row and the one it belongs to. */
  readonly row: string;
  readonly owner: string;
  readonly node: ts.Node;
}

/** What ties a related row to the row it belongs to, by keys or by a row between; undefined where nothing says. */
export function linkOf(machine: Machine, tied: Tied): Formula | undefined {
  const { relation, table, other, row, owner, node } = tied;
  const at = placeAt(node);
  const keys = keysOf(table, other, relation);
  if (keys.length > 0) return tieOf(keys, { row, owner, at });
  const between = throughIn(machine, tied);
  if (!between) return undefined;
  const link = newRead(machine, between.table, node);
  const pairs = between.ends.map(([column, key, id]) => ({
    left: { kind: 'column', row: link.id, column } as const,
    right: { kind: 'column', row: id, column: key } as const,
  }));
  link.where = asked(
    machine,
    all(pairs.map((pair) => atom({ kind: 'compare', at, op: '=', ...pair }))),
  );
  return atom({ kind: 'exists', at, query: link.id });
}

/** The table between two ends, and of each end its column, the end's key and the row. */
function throughIn(machine: Machine, { relation, table, other, row, owner }: Tied) {
  const { through } = relation;
  const between = machine.deps.schema.tables.find(({ id }) => id === through?.table);
  const [own] = table.primaryKey;
  const [its] = other.primaryKey;
  if (!through || !between || own === undefined || its === undefined) return undefined;
  const ends = [
    [through.own, own, owner],
    [through.other, its, row],
  ] as const;
  return { table: between, ends };
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
