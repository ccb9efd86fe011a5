import type { Op } from '../../../condition/condition.ts';
import type { Column, Table } from '../../../db/db.ts';
import type { ts } from '../../../kernel/syntax.ts';
import type { Relation } from '../../reader.ts';
import { concat, spreadFields } from '../../trace/composites.ts';
import { all, atom, type Formula, not, some, TRUE } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { asked } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { literal, literalOf, stringOf, type Value } from '../../trace/values.ts';
import { isTied, linkOf } from '../related.ts';
import { newRead } from '../select.ts';
import { comparison, lowered, membership, sqlFormula } from '../terms.ts';

/** The rows a condition is about. */
export interface Rows {
  readonly table: Table;
  readonly id: string;
  readonly node: ts.Node;
}

/** What a `where` object says of rows, any of several in an array; what is left out (`undefined`) says nothing. */
export function whereOf(machine: Machine, rows: Rows, where: Value | undefined): Formula {
  if (!where || where.kind === 'undefined') return TRUE;
  if (where.kind === 'choice') {
    return some([
      all([where.when, whereOf(machine, rows, where.yes)]),
      all([not(where.when), whereOf(machine, rows, where.no)]),
    ]);
  }
  if (where.kind === 'array') return some(each(machine, rows, where));
  const { fields } = spreadFields(where);
  return all([...fields].map(([name, value]) => partOf(machine, rows, { name, value })));
}

interface Part {
  readonly name: string;
  readonly value: Value;
}

function partOf(machine: Machine, rows: Rows, { name, value }: Part): Formula {
  if (value.kind === 'choice') {
    return some([
      all([value.when, partOf(machine, rows, { name, value: value.yes })]),
      all([not(value.when), partOf(machine, rows, { name, value: value.no })]),
    ]);
  }
  if (value.kind === 'undefined') return TRUE;
  if (name === 'AND') return all(each(machine, rows, value));
  if (name === 'OR') return some(each(machine, rows, value));
  if (name === 'NOT') return not(some(each(machine, rows, value)));
  const column = rows.table.columns.find(({ property }) => property === name);
  if (column) return columnPart(rows, { column, value });
  const relation = machine.deps.schema.relations(rows.table.id).find((one) => one.name === name);
  if (relation) return relationPart(machine, rows, { relation, value });
  // A compound unique key goes by a name of its own: its parts say which row.
  return value.kind === 'object' ? whereOf(machine, rows, value) : TRUE;
}

function each(machine: Machine, rows: Rows, value: Value): Formula[] {
  if (value.kind !== 'array') return [whereOf(machine, rows, value)];
  return value.items.value.map((item) => {
    const said = whereOf(machine, rows, item.value);
    return item.when ? some([not(item.when), said]) : said;
  });
}

function columnPart(
  { id, node }: Pick<Rows, 'id' | 'node'>,
  { column, value }: { column: Column; value: Value },
): Formula {
  const left: Value = { kind: 'column', source: id, column };
  const bind = (source: string) => source;
  const said = (made: Value) => sqlFormula(made, bind);
  if (value.kind !== 'object') return said(comparison({ left, op: '=', right: value }, node));
  const fields = value.fields.value;
  const folded = stringOf(fields.get('mode')) === 'insensitive';
  const parts = [...fields].map(([name, operand]): Formula => {
    if (operand.kind === 'undefined' || name === 'mode') return TRUE;
    const test = testOf(name, { left, operand, folded }, node);
    if (test) return said(test);
    if (name === 'not' && operand.kind === 'object') {
      return not(columnPart({ id, node }, { column, value: operand }));
    }
    const text = `${column.property}.${name}`;
    return atom({ kind: 'opaque', at: placeAt(node), text, holds: true, terms: [] });
  });
  return all(parts);
}

const OPS: Readonly<Record<string, Op>> = {
  equals: '=',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
};

function testOf(
  name: string,
  { left, operand, folded }: { left: Value; operand: Value; folded: boolean },
  node: ts.Node,
): Value | undefined {
  const op = OPS[name] ?? (name === 'not' && operand.kind !== 'object' ? '!=' : undefined);
  const fold = (value: Value) => (folded ? lowered(value) : value);
  if (op) return comparison({ left: fold(left), op, right: fold(operand) }, node);
  if (name === 'in') return membership({ left, of: operand, holds: true }, node);
  if (name === 'notIn') return membership({ left, of: operand, holds: false }, node);
  if (name === 'like') return comparison({ left, op: 'like', right: operand }, node);
  if (name === 'ilike')
    return comparison({ left: lowered(left), op: 'like', right: lowered(operand) }, node);
  const any = literal('%');
  const pattern =
    name === 'contains'
      ? [any, operand, any]
      : name === 'startsWith'
        ? [operand, any]
        : name === 'endsWith'
          ? [any, operand]
          : undefined;
  if (!pattern) return undefined;
  return comparison({ left: fold(left), op: 'like', right: fold(concat(pattern)) }, node);
}

/** `some`, `every`, `none` of many; `is`, `isNot` or a plain condition of one. */
function relationPart(
  machine: Machine,
  rows: Rows,
  { relation, value }: { relation: Relation; value: Value },
): Formula {
  const { node } = rows;
  if (literalOf(value) === null)
    return related(machine, rows, { relation, where: undefined, holds: false });
  const fields = value.kind === 'object' ? value.fields.value : new Map<string, Value>();
  const words = ['some', 'every', 'none', 'is', 'isNot'].filter((word) => fields.has(word));
  if (words.length === 0) return related(machine, rows, { relation, where: value, holds: true });
  return all(
    words.map((word) => {
      const where = fields.get(word);
      const empty = literalOf(where) === null;
      if (word === 'every')
        return related(machine, rows, { relation, where, holds: false, opposite: true });
      const holds = (word === 'some' || word === 'is') !== empty;
      return related(machine, rows, { relation, where: empty ? undefined : where, holds });
    }),
  );

  function related(
    of: Machine,
    own: Rows,
    said: { relation: Relation; where: Value | undefined; holds: boolean; opposite?: boolean },
  ): Formula {
    const id = relatedRead(of, own, said);
    if (id === undefined) {
      const text = `${own.id}.${said.relation.name}`;
      return atom({ kind: 'opaque', at: placeAt(node), text, holds: said.holds, terms: [] });
    }
    return atom({ kind: said.holds ? 'exists' : 'absent', at: placeAt(node), query: id });
  }
}

/** A read of the rows a relation leads to, narrowed by a condition or its opposite. */
function relatedRead(
  machine: Machine,
  { table, id, node }: Rows,
  {
    relation,
    where,
    opposite,
  }: { relation: Relation; where: Value | undefined; opposite?: boolean },
): string | undefined {
  const other = machine.deps.schema.tables.find((one) => one.id === relation.table);
  if (!other || !isTied(table, other, relation)) return undefined;
  const read = newRead(machine, other, node);
  const about = { relation, table, other, row: read.id, owner: id, node };
  const tied = linkOf(machine, about) ?? TRUE;
  const said = whereOf(machine, { table: other, id: read.id, node }, where);
  read.where = asked(machine, all([tied, opposite ? not(said) : said]));
  return read.id;
}
