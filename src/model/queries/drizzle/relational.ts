import type { Table } from '../../../db/db.ts';
import type { ts } from '../../../kernel/syntax.ts';
import type { Relation } from '../../reader.ts';
import { spreadFields } from '../../trace/composites.ts';
import { all, type Formula, not, some, TRUE } from '../../trace/formula.ts';
import { foundBefore } from '../../trace/found-before.ts';
import type { Machine, Read } from '../../trace/machine.ts';
import { asked } from '../../trace/path.ts';
import { sameRead } from '../../trace/read-again.ts';
import { placeAt } from '../../trace/source.ts';
import { toTerm } from '../../trace/terms.ts';
import {
  type Bind,
  type Fields,
  literalOf,
  type Special,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { countsRefused, lookUpRefused } from '../refused-values.ts';
import { keysOf, required, tieOf } from '../related.ts';
import { newRead } from '../select.ts';
import { sqlFormula } from '../terms.ts';
import { columnsOf, OPERATORS, operatorsObject } from './operators.ts';

/** `db.query`: tables by the name code gives them. */
export function relational(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'query',
    get: (name) => {
      const table = tableNamed(machine, name);
      return table && relationalTable(machine, table);
    },
  };
}

export function tableNamed(machine: Machine, name: string): Table | undefined {
  const { tables } = machine.deps.schema;
  return (
    tables.find((table) => table.property === name) ?? tables.find((table) => table.name === name)
  );
}

function relationalTable(machine: Machine, table: Table): Special {
  return {
    kind: 'special',
    name: `query.${table.property}`,
    invoke: (method, [config = UNDEFINED], node) => find(machine, table, { method, config, node }),
  };
}

/** `findFirst` and `findMany`, read when awaited. */
export function find(
  machine: Machine,
  table: Table,
  { method, config, node }: { method: string; config: Value; node: ts.Node },
): Value | undefined {
  if (method !== 'findFirst' && method !== 'findMany') return undefined;
  let result: Value | undefined;
  const made: Special = {
    kind: 'special',
    name: method,
    settle: () => {
      result ??= readRows(machine, table, { one: method === 'findFirst', config, node });
      return result;
    },
    invoke: (name) => {
      if (name === 'prepare') return made;
      return name === 'execute' ? machine.settle(made, node) : undefined;
    },
  };
  return made;
}

interface Config {
  readonly one: boolean;
  readonly config: Value;
  readonly node: ts.Node;
  /** What ties a related row to the row it belongs to. */
  readonly tie?: (id: string) => Formula;
}

function readRows(machine: Machine, table: Table, about: Config): Value {
  const { one, config, node } = about;
  const read = newRead(machine, table, node);
  const fields = configFields(config);
  const bind: Bind = (source) => (source === table.id ? read.id : undefined);
  const tied = about.tie?.(read.id) ?? TRUE;
  const said = whereOf(machine, table, { where: fields.get('where'), bind, node });
  read.where = asked(machine, all([tied, said]));
  const limit = fields.get('limit');
  read.limit = one ? { kind: 'literal', value: 1 } : limit ? toTerm(limit) : null;
  const offset = fields.get('offset');
  read.offset = offset ? toTerm(offset) : null;
  read.many = !one && literalOf(limit) !== 1;
  if (!about.tie) lookUpRefused(machine, { id: read.id, table, node }, read.where);
  if (!about.tie) countsRefused(machine, { ...read, node, lenient: true });
  const same = sameRead(machine, read);
  if (!same && !about.tie) foundBefore(machine, read);
  return rowsRead(machine, table, { ...about, read: same ?? read });
}

function rowsRead(machine: Machine, table: Table, about: Config & { read: Read }): Value {
  const { one, node, read } = about;
  const fields = configFields(about.config);
  let looked = false;
  const element = (id: string): Value => {
    looked = true;
    const beside = related(machine, { table, id, read, node }, fields.get('with'));
    return { kind: 'row', query: id, id, table, fields: beside, sure: false };
  };
  const load = () => {
    if (!looked) element(read.id);
  };
  return one ? element(read.id) : { kind: 'list', query: read.id, element, load };
}

function configFields(config: Value): Fields {
  return spreadFields(config).fields;
}

/** A condition, a callback over columns and operators, or an object of columns. */
function whereOf(
  machine: Machine,
  table: Table,
  { where, bind, node }: { where: Value | undefined; bind: Bind; node: ts.Node },
): Formula {
  if (!where) return TRUE;
  if (where.kind === 'closure') {
    const columns: Value = { kind: 'table', table, source: table.id };
    const said = machine.call(where, [columns, operatorsObject(machine)], where.node);
    return sqlFormula(said, bind);
  }
  if (where.kind === 'object') return objectWhere(machine, table, { where, bind, node });
  return sqlFormula(where, bind);
}

function objectWhere(
  machine: Machine,
  table: Table,
  { where, bind, node }: { where: Value & { kind: 'object' }; bind: Bind; node: ts.Node },
): Formula {
  const columns = columnsOf({ kind: 'table', table, source: table.id });
  const parts = [...where.fields.value].map(([name, value]): Formula => {
    const nested = value.kind === 'array' ? value.items.value.map((item) => item.value) : [value];
    const inner = nested.map((each) =>
      each.kind === 'object' ? objectWhere(machine, table, { where: each, bind, node }) : TRUE,
    );
    if (name === 'AND') return all(inner);
    if (name === 'OR') return some(inner);
    if (name === 'NOT') return not(all(inner));
    const column = columns && machine.get(columns, name, node);
    if (column?.kind !== 'column' || value.kind === 'undefined') return TRUE;
    if (value.kind !== 'object') return said(machine, 'eq', { args: [column, value], bind, node });
    return all(
      [...value.fields.value].map(([operator, operand]) =>
        said(machine, NAMES[operator] ?? operator, { args: [column, operand], bind, node }),
      ),
    );
  });
  return all(parts);
}

const NAMES: Readonly<Record<string, string>> = { in: 'inArray', notIn: 'notInArray' };

function said(
  machine: Machine,
  operator: string,
  { args, bind, node }: { args: readonly Value[]; bind: Bind; node: ts.Node },
): Formula {
  return sqlFormula(OPERATORS[operator]?.(machine, { args, node }), bind);
}

interface Owner {
  readonly table: Table;
  readonly id: string;
  readonly read: Read;
  readonly node: ts.Node;
}

/** Rows that `with` loads beside a row: queries of their own, keyed by the relation. */
function related(machine: Machine, owner: Owner, config: Value | undefined): Fields {
  if (config?.kind !== 'object') return new Map();
  const entries = [...config.fields.value].flatMap(([name, wanted]): [string, Value][] => {
    if (literalOf(wanted) === false) return [];
    const relation = machine.deps.schema
      .relations(owner.table.id)
      .find((each) => each.name === name);
    return [
      [
        name,
        relation
          ? relatedRows(machine, owner, { relation, config: wanted })
          : unknown(`${owner.id}.${name}`),
      ],
    ];
  });
  return new Map(entries);
}

function relatedRows(
  machine: Machine,
  owner: Owner,
  { relation, config }: { relation: Relation; config: Value },
): Value {
  const table = machine.deps.schema.tables.find((each) => each.id === relation.table);
  if (!table) return unknown(relation.name);
  const keys = keysOf(owner.table, table, relation);
  const at = placeAt(owner.node);
  const tie = (id: string) => {
    machine.along.set(id, owner.id);
    return tieOf(keys, { row: id, owner: owner.id, at });
  };
  const one = relation.kind === 'one';
  const value = readRows(machine, table, { one, config, node: owner.node, tie });
  return value.kind === 'row' && required(owner.table, keys) ? { ...value, sure: true } : value;
}
