import type { Table } from '../../../db/db.ts';
import type { ts } from '../../../kernel/syntax.ts';
import { arrayOf, arrayOfAll } from '../../trace/composites.ts';
import { atom } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branchValue, set } from '../../trace/path.ts';
import { withFields } from '../../trace/rests.ts';
import { placeAt } from '../../trace/source.ts';
import { object } from '../../trace/terms.ts';
import {
  type Cell,
  type Fields,
  literal,
  literalOf,
  stringOf,
  term,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { type Change, newChange } from '../change.ts';
import { fieldsOf, find } from '../records/read.ts';
import { whereOf } from '../records/where.ts';
import { write } from '../write.ts';
import { demandedIn } from './demanded.ts';
import { violation } from './errors.ts';
import { conditionsOf } from './options.ts';

export interface Called {
  readonly table: Table;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

function changeOf({ table, node }: Called, change: Partial<Change>): Change {
  return newChange({ table, node, error: violation }, change);
}

/** A `where` object as a test of whichever row a write binds its table to. */
function test(machine: Machine, { table, node }: Called, where: Value | undefined): Value {
  demandedIn(machine, where, node);
  const said = conditionsOf(where);
  return {
    kind: 'sqlTest',
    test: (bind) => whereOf(machine, { table, id: bind(table.id) ?? table.id, node }, said),
  };
}

/** `create(values)`: the row made. */
export function create(machine: Machine, called: Called): Value {
  const [values = object()] = called.args;
  const given = filled(called.table, values);
  const made = write(machine, changeOf(called, { values: given, returning: UNDEFINED }));
  return made.kind === 'array' ? (made.items.value[0]?.value ?? UNDEFINED) : made;
}

/** `save()` of what code has built: it is inserted, and has what the database filled in from here on. */
export function createFrom(machine: Machine, fields: Cell<Fields>, called: Called): void {
  const row = create(machine, called);
  const kept = called.table.columns.map(({ property }): [string, Value] => [
    property,
    machine.get(row, property, called.node),
  ]);
  set(machine, fields, new Map([...fields.value, ...kept]));
}

/** What is given, and what Sequelize fills in where nothing is. */
function filled({ columns }: Table, values: Value): Value {
  const given = fieldsOf(values);
  const now = columns.filter(
    ({ property, default: usual }) =>
      /^(createdAt|updatedAt)$/.test(property) &&
      usual.kind !== 'expression' &&
      !given.has(property),
  );
  const filledIn = now.map(({ property }): [string, Value] => [property, NOW]);
  return withFields(values, new Map([...given, ...filledIn]));
}

const NOW: Value = term({ kind: 'now' }, typed('instant'));

/** `bulkCreate([…], { ignoreDuplicates, updateOnDuplicate })`. */
export function createAll(machine: Machine, called: Called): Value {
  const [given = UNDEFINED, options = UNDEFINED] = called.args;
  const said = fieldsOf(options);
  const rows = given.kind === 'array' ? given.items.value : [{ value: given, when: null }];
  const values = arrayOf(rows.map((row) => ({ ...row, value: filled(called.table, row.value) })));
  const ignores = literalOf(said.get('ignoreDuplicates')) === true;
  const onConflict = ignores ? 'nothing' : said.has('updateOnDuplicate') ? 'update' : 'throw';
  return write(machine, changeOf(called, { values, returning: UNDEFINED, onConflict }));
}

/** `update(values, { where })`: how many rows there were, and with `returning` which. */
export function update(machine: Machine, called: Called): Value {
  const [values = object(), options = UNDEFINED] = called.args;
  const said = fieldsOf(options);
  const returns = said.has('returning') && literalOf(said.get('returning')) !== false;
  const where = [test(machine, called, said.get('where'))];
  const returning = returns ? UNDEFINED : null;
  const result = write(machine, changeOf(called, { kind: 'update', values, where, returning }));
  const count = countIn(machine, result, called.node);
  return arrayOfAll([count, ...(returns ? [result] : [])]);
}

/** `increment('places', { by: 2, where })`, `increment({ places: 2 }, { where })`, `decrement(…)`. */
export function stepped(machine: Machine, called: Called): Value {
  const [what = UNDEFINED, options = UNDEFINED] = called.args;
  return update(machine, { ...called, args: [steps(what), options] });
}

/** The columns that are counted on, or down: what they come to is known to the database alone. */
export function steps(what: Value): Value {
  const listed = what.kind === 'array' ? what.items.value.map(({ value }) => stringOf(value)) : [];
  const names = [stringOf(what), ...listed, ...fieldsOf(what).keys()];
  const known = names.filter((name) => name !== undefined);
  return object(known.map((name) => [name, unknown(name)]));
}

/** `destroy({ where })`: rows of a paranoid model are hidden. */
export function destroy(machine: Machine, called: Called): Value {
  const said = fieldsOf(called.args[0]);
  const hidden = machine.deps.schema.hiddenBy?.(called.table.id);
  const where = [test(machine, called, said.get('where'))];
  const hides = hidden !== undefined && literalOf(said.get('force')) !== true;
  const change = hides
    ? { kind: 'update' as const, values: object([[hidden, NOW]]) }
    : { kind: 'delete' as const };
  return countIn(machine, write(machine, changeOf(called, { ...change, where })), called.node);
}

/** `restore({ where })`. */
export function restore(machine: Machine, called: Called): Value {
  const hidden = machine.deps.schema.hiddenBy?.(called.table.id) ?? 'deletedAt';
  const where = [test(machine, called, fieldsOf(called.args[0]).get('where'))];
  const values = object([[hidden, literal(null)]]);
  write(machine, changeOf(called, { kind: 'update', values, where }));
  return UNDEFINED;
}

function countIn(machine: Machine, result: Value, node: ts.Node): Value {
  return machine.get(result, result.kind === 'special' ? 'rowCount' : 'length', node);
}

/** `upsert(values)`: the row and whether it is new, of which only PostgreSQL knows. */
export function upsert(machine: Machine, called: Called): Value {
  const [values = object()] = called.args;
  const given = filled(called.table, values);
  const change = { values: given, returning: UNDEFINED, onConflict: 'update' as const };
  const made = write(machine, changeOf(called, change));
  const row = made.kind === 'array' ? (made.items.value[0]?.value ?? UNDEFINED) : made;
  return arrayOfAll([row, literal(null)]);
}

/** `findOrCreate({ where, defaults })`: the row, and whether it was made. */
export function findOrCreate(machine: Machine, called: Called): Value {
  const said = fieldsOf(called.args[0]);
  const { table, node } = called;
  demandedIn(machine, said.get('where'), node);
  const where = conditionsOf(said.get('where')) ?? object();
  const found = find(machine, table, { one: true, args: object([['where', where]]), node });
  const query = found.kind === 'row' ? found.query : '';
  const there = atom({ kind: 'exists', at: placeAt(node), query });
  const pair = (row: Value, made: boolean) => arrayOfAll([row, literal(made)]);
  return branchValue(machine, there, {
    yes: () => pair(found.kind === 'row' ? { ...found, sure: true } : found, false),
    no: () => {
      const values = object([...fieldsOf(said.get('where')), ...fieldsOf(said.get('defaults'))]);
      return pair(create(machine, { ...called, args: [values] }), true);
    },
  });
}
