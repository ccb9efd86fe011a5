import type { Field, Model } from '@mrleebo/prisma-ast';
import type { ForeignKey, Table } from '../../../db/db.ts';
import type { Relation } from '../../reader.ts';
import { attributeOf, namesIn, textOf } from './attributes.ts';

export interface Entry {
  readonly model: Model;
  readonly fields: readonly Field[];
  readonly table: Table;
}

const ACTIONS: Readonly<Record<string, ForeignKey['onDelete']>> = {
  Cascade: 'cascade',
  Restrict: 'restrict',
  NoAction: 'no action',
  SetNull: 'set null',
  SetDefault: 'set default',
};

interface Side {
  readonly columns: string[];
  readonly references: string[];
}

/** The columns of a relation field that holds the key, and what they point at. */
function keyOf(field: Field, own: Table, other: Table): Side | undefined {
  const about = attributeOf(field, 'relation');
  const fields = namesIn(about?.named.get('fields'));
  if (fields.length === 0) return undefined;
  const names = (table: Table, properties: readonly string[]) =>
    properties.map((each) => table.columns.find((one) => one.property === each)?.name ?? each);
  return {
    columns: names(own, fields),
    references: names(other, namesIn(about?.named.get('references'))),
  };
}

export function foreignKeysOf(entry: Entry, entries: ReadonlyMap<string, Entry>): ForeignKey[] {
  return entry.fields.flatMap((field) => {
    const other = entries.get(String(field.fieldType));
    const key = other && keyOf(field, entry.table, other.table);
    if (!key) return [];
    const about = attributeOf(field, 'relation');
    const action = ACTIONS[String(about?.named.get('onDelete') ?? '')];
    const name = [entry.table.name, ...key.columns, 'fkey'].join('_');
    return [
      {
        name: textOf(about?.named.get('map')) ?? name,
        columns: key.columns,
        table: other.table.id,
        references: key.references,
        onDelete: action ?? (field.optional ? 'set null' : 'restrict'),
        deferrable: false,
      },
    ];
  });
}

/** What `include` can name on a model. */
export function relationsOf(entry: Entry, entries: ReadonlyMap<string, Entry>): Relation[] {
  return entry.fields.flatMap((field): Relation[] => {
    const other = entries.get(String(field.fieldType));
    if (!other) return [];
    const own = keyOf(field, entry.table, other.table);
    const back = own ? undefined : backOf(field, entry, other);
    const key = back && keyOf(back, other.table, entry.table);
    return [
      {
        name: field.name,
        kind: field.array ? 'many' : 'one',
        table: other.table.id,
        fields: own?.columns ?? key?.references ?? [],
        references: own?.references ?? key?.columns ?? [],
        ...(field.array && back?.array && { through: throughOf({ field, back }, entry, other) }),
      },
    ];
  });
}

/** The field at the other end that holds the key. */
function backOf(field: Field, entry: Entry, other: Entry): Field | undefined {
  const name = relationName(field);
  return other.fields.find(
    (each) =>
      String(each.fieldType) === entry.model.name && each !== field && relationName(each) === name,
  );
}

function relationName(field: Field): string | undefined {
  const about = attributeOf(field, 'relation');
  return textOf(about?.named.get('name') ?? about?.rest[0]);
}

/** The join table of a many-to-many relation that no model describes (`_PostToTag`). */
export function joinTables(entries: ReadonlyMap<string, Entry>): Table[] {
  const made = new Map<string, Table>();
  for (const entry of entries.values()) {
    for (const field of entry.fields) {
      const other = entries.get(String(field.fieldType));
      const back = other && field.array ? backOf(field, entry, other) : undefined;
      if (!other || !back?.array) continue;
      const { table, own } = throughOf({ field, back }, entry, other);
      const [a, b] = own === 'A' ? [entry, other] : [other, entry];
      made.set(table, joinTable(table, a.table, b.table));
    }
  }
  return [...made.values()];
}

/** Its columns are A and B, in the order of the models' names, of a model with itself in that of its fields' names. */
function throughOf({ field, back }: { field: Field; back: Field }, entry: Entry, other: Entry) {
  const [one, two] = [entry.model.name, other.model.name];
  const isFirst = one === two ? field.name < back.name : one < two;
  const [first, second] = isFirst ? [one, two] : [two, one];
  const table = `_${relationName(field) ?? `${first}To${second}`}`;
  return { table, own: isFirst ? 'A' : 'B', other: isFirst ? 'B' : 'A' };
}

function joinTable(name: string, a: Table, b: Table): Table {
  const ends = [
    ['A', a],
    ['B', b],
  ] as const;
  return {
    id: name,
    schema: 'public',
    name,
    property: name,
    columns: ends.map(([column, table]) => ({
      name: column,
      property: column,
      type: table.columns.find((each) => each.name === table.primaryKey[0])?.type ?? 'integer',
      nullable: false,
      array: false,
      maxLength: null,
      values: null,
      default: { kind: 'none' },
    })),
    primaryKey: ['A', 'B'],
    uniques: [],
    foreignKeys: ends.map(([column, table]) => ({
      name: `${name}_${column}_fkey`,
      columns: [column],
      table: table.id,
      references: [...table.primaryKey],
      onDelete: 'cascade' as const,
      deferrable: false,
    })),
    checks: [],
    triggers: null,
  };
}
