import type { Table } from '../../../db/db.ts';
import type { ts } from '../../../kernel/syntax.ts';
import type { Relation } from '../../reader.ts';
import { spreadFields } from '../../trace/composites.ts';
import { all, atom, type Formula, TRUE } from '../../trace/formula.ts';
import { foundBefore } from '../../trace/found-before.ts';
import { countOf } from '../../trace/lists.ts';
import type { Machine, Read } from '../../trace/machine.ts';
import { asked, branch } from '../../trace/path.ts';
import { sameRead } from '../../trace/read-again.ts';
import { placeAt } from '../../trace/source.ts';
import { object, toTerm } from '../../trace/terms.ts';
import {
  type Fields,
  literal,
  literalOf,
  type RowValue,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { countsRefused, lookUpRefused } from '../refused-values.ts';
import { isTied, keysOf, linkOf, required } from '../related.ts';
import { newRead } from '../select.ts';
import { isReferred, isWitnessed, witnessRead } from '../witness.ts';
import { whereOf } from './where.ts';

export interface Find {
  readonly one: boolean;
  readonly args: Value;
  readonly node: ts.Node;
  /** A number of rows below none counts them from the end. */
  readonly backwards?: boolean;
  /** What ties related rows to the row they belong to. */
  readonly tie?: (id: string) => Formula;
  /** Looked up by a write: whether the row is still there is asked anew. */
  readonly anew?: true;
}

/** The fields of an options object. */
export function fieldsOf(args: Value | undefined): Fields {
  return args ? spreadFields(args).fields : new Map();
}

/** Reads rows with what `include` or `select` loads beside them. */
export function find(machine: Machine, table: Table, about: Find): Value {
  const { one, args, node, tie, backwards, anew } = about;
  const fields = fieldsOf(args);
  const read = newRead(machine, table, node);
  const tied = tie?.(read.id) ?? TRUE;
  const said = whereOf(machine, { table, id: read.id, node }, fields.get('where'));
  const seen = visible(machine, { table, id: read.id, node }, fields);
  read.where = asked(machine, all([tied, said, seen]));
  const [take, skip] = [fields.get('take'), fields.get('skip')];
  read.limit = one ? { kind: 'literal', value: 1 } : take ? toTerm(take) : null;
  read.offset = skip ? toTerm(skip) : null;
  read.many = !one && literalOf(take) !== 1;
  if (!tie) lookUpRefused(machine, { id: read.id, table, node }, read.where);
  if (!tie) countsRefused(machine, { ...read, limit: backwards ? null : read.limit, node });
  const same = anew ? undefined : (sameRead(machine, read) ?? witnessRead(machine, read));
  if (!same && !tie) foundBefore(machine, read);
  return rowsOf(machine, table, { one, args, node, read: same ?? read });
}

function rowsOf(
  machine: Machine,
  table: Table,
  { one, args, node, read }: Find & { read: Read },
): Value {
  let looked = false;
  const only = selected(args);
  const sure = one && isReferred(machine, read);
  const element = (id: string): RowValue => {
    looked = true;
    const fields = loaded(machine, { table, id, node }, args);
    return { kind: 'row', query: id, id, table, fields, sure, ...only };
  };
  const load = () => {
    if (!looked) element(read.id);
  };
  return one ? element(read.id) : { kind: 'list', query: read.id, element, load };
}

/** The columns that `select: { name: true }` asks for, where it is written out. */
function selected(args: Value): { only?: ReadonlySet<string> } {
  const select = fieldsOf(args).get('select');
  if (select?.kind !== 'object' || select.open.value) return {};
  const names = [...select.fields.value].filter(([, each]) => literalOf(each) === true);
  return { only: new Set(names.map(([name]) => name)) };
}

/** Rows that were deleted softly are not found. */
function visible(machine: Machine, rows: Owner, fields: Fields): Formula {
  const hidden = machine.deps.schema.hiddenBy?.(rows.table.id);
  if (hidden === undefined || literalOf(fields.get('withDeleted')) === true) return TRUE;
  return whereOf(machine, rows, object([[hidden, literal(null)]]));
}

interface Owner {
  readonly table: Table;
  readonly id: string;
  readonly node: ts.Node;
}

/** What stands beside a row's columns: the relations asked for, each a read of its own, and their counts. */
export function loaded(machine: Machine, owner: Owner, args: Value): Fields {
  const fields = fieldsOf(args);
  const wanted = new Map([...fieldsOf(fields.get('include')), ...fieldsOf(fields.get('select'))]);
  const relations = machine.deps.schema.relations(owner.table.id);
  for (const { name, eager } of relations) {
    if (eager && !wanted.has(name)) wanted.set(name, object());
  }
  return new Map(
    [...wanted].flatMap(([name, config]): [string, Value][] => {
      if (literalOf(config) === false || config.kind === 'undefined') return [];
      if (name === '_count') return [[name, counts(machine, owner, config)]];
      const relation = relations.find((each) => each.name === name);
      return relation ? [[name, relatedRows(machine, owner, { relation, config })]] : [];
    }),
  );
}

function counts(machine: Machine, owner: Owner, config: Value): Value {
  const relations = machine.deps.schema.relations(owner.table.id);
  const chosen = fieldsOf(fieldsOf(config).get('select'));
  const many = relations.filter(
    (each) => each.kind === 'many' && (chosen.size === 0 || chosen.has(each.name)),
  );
  return object(
    many.map((relation) => {
      const rows = relatedRows(machine, owner, {
        relation,
        config: chosen.get(relation.name) ?? object(),
      });
      if (rows.kind === 'list') machine.counted.add(rows.query);
      return [
        relation.name,
        rows.kind === 'list' ? countOf(rows) : unknown(relation.name),
      ] as const;
    }),
  );
}

interface Related {
  readonly relation: Relation;
  readonly config: Value;
  /** What is said of the rows beside their tie. */
  readonly also?: (id: string) => Formula;
}

/** A row's related rows, read beside it. */
export function relatedRows(
  machine: Machine,
  owner: Owner,
  { relation, config, also }: Related,
): Value {
  const table = machine.deps.schema.tables.find((each) => each.id === relation.table);
  if (!table || !isTied(owner.table, table, relation))
    return unknown(`${owner.id}.${relation.name}`);
  const keys = keysOf(owner.table, table, relation);
  const ends = { relation, table: owner.table, other: table, owner: owner.id, node: owner.node };
  const tie = (id: string) => {
    machine.along.set(id, owner.id);
    const tied = linkOf(machine, { ...ends, row: id }) ?? TRUE;
    return also ? all([tied, also(id)]) : tied;
  };
  const one = relation.kind === 'one';
  const value = find(machine, table, { one, args: config, node: owner.node, tie });
  return value.kind === 'row' && required(owner.table, keys) ? { ...value, sure: true } : value;
}

/** Of a row that must be there: without it, the error a library raises then. */
export function orThrow(
  machine: Machine,
  row: RowValue,
  { error, node }: { error: Value; node: ts.Node },
): RowValue {
  if (row.sure || isWitnessed(machine, row.query)) return { ...row, sure: true };
  const there = atom({ kind: 'exists', at: placeAt(node), query: row.query });
  branch(machine, there, {
    yes: () => undefined,
    no: () => machine.throwValue(error, node),
  });
  return { ...row, sure: true };
}
