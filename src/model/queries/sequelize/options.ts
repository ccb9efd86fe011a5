import type { Table } from '../../../db/db.ts';
import { arrayOf, arrayOfAll } from '../../trace/composites.ts';
import type { Machine } from '../../trace/machine.ts';
import { object } from '../../trace/terms.ts';
import { type Fields, literal, literalOf, stringOf, type Value } from '../../trace/values.ts';
import { fieldsOf } from '../records/read.ts';
import { LOGIC, OPERATORS } from './operators.ts';
import { tableIn } from './tables.ts';

/** Conditions of Sequelize's as records are read by. */
export function conditionsOf(where: Value | undefined): Value | undefined {
  if (!where) return undefined;
  if (where.kind === 'choice')
    return {
      ...where,
      yes: conditionsOf(where.yes) ?? where.yes,
      no: conditionsOf(where.no) ?? where.no,
    };
  if (where.kind === 'array') return arrayOf(all(where));
  if (where.kind !== 'object') return where;
  return object(
    [...where.fields.value].map(([name, value]): [string, Value] => {
      const word = LOGIC[name];
      if (!word) return [name, operand(value)];
      const parts = value.kind === 'array' ? arrayOf(all(value)) : (conditionsOf(value) ?? value);
      return [word, word === 'OR' && value.kind === 'object' ? eachOf(parts) : parts];
    }),
  );
}

function all(value: Value & { kind: 'array' }) {
  return value.items.value.map((item) => ({
    ...item,
    value: conditionsOf(item.value) ?? item.value,
  }));
}

/** `{ [Op.or]: { a: 1, b: 2 } }`: any of them. */
function eachOf(parts: Value): Value {
  const fields = [...fieldsOf(parts)];
  return arrayOfAll(fields.map((field) => object([field])));
}

/** What a column is compared with. */
function operand(value: Value): Value {
  if (value.kind === 'choice') return { ...value, yes: operand(value.yes), no: operand(value.no) };
  if (value.kind === 'array') return object([['in', value]]);
  if (value.kind !== 'object') return value;
  const fields = [...value.fields.value];
  if (!fields.some(([name]) => name.startsWith('Op.'))) return value;
  return object(fields.flatMap(([name, said]) => operation(name, said)));
}

function operation(name: string, said: Value): (readonly [string, Value])[] {
  const word = OPERATORS[name];
  if (word) return [[said.kind === 'array' && word === 'not' ? 'notIn' : word, operandIn(said)]];
  if (name !== 'Op.between' || said.kind !== 'array') return [[name, said]];
  const [low, high] = said.items.value.map((item) => item.value);
  return low && high
    ? [
        ['gte', low],
        ['lte', high],
      ]
    : [];
}

function operandIn(value: Value): Value {
  return value.kind === 'object' ? operand(value) : value;
}

/** Find options as records are read by: what is included is loaded, and where it must be there asked for. */
export function optionsOf(machine: Machine, table: Table, given: Value): Value {
  const fields = fieldsOf(given);
  const include = includesIn(machine, table, fields.get('include'));
  const asked = [...include].flatMap(([name, each]): [string, Value][] => {
    const own = fieldsOf(each);
    const where = own.get('where');
    const isRequired = literalOf(own.get('required')) === true;
    const isWanted = where !== undefined && literalOf(own.get('required')) !== false;
    return isRequired || isWanted ? [[name, existing(machine, table, { name, own, where })]] : [];
  });
  const where = conditionsOf(fields.get('where'));
  const parts = [...(where ? [where] : []), ...(asked.length > 0 ? [object(asked)] : [])];
  const kept = [
    ['where', parts.length > 1 ? together(parts) : parts[0]],
    ['take', fields.get('limit')],
    ['skip', fields.get('offset')],
    ['withDeleted', literalOf(fields.get('paranoid')) === false ? literal(true) : undefined],
    ['include', include.size > 0 ? object(include) : undefined],
  ] as const;
  return object(kept.flatMap(([name, value]) => (value ? [[name, value] as const] : [])));
}

function together(parts: readonly Value[]): Value {
  return object([['AND', arrayOfAll(parts)]]);
}

/** That a row has one of those it must have. */
function existing(
  machine: Machine,
  table: Table,
  { name, own, where }: { name: string; own: Fields; where: Value | undefined },
): Value {
  const relation = machine.deps.schema.relations(table.id).find((each) => each.name === name);
  return object([
    [relation?.kind === 'many' ? 'some' : 'is', where ?? own.get('where') ?? object()],
  ]);
}

/** `include: [Team, 'author', { model: Boat, as: 'boats', include: … }]` by the names of relations. */
function includesIn(machine: Machine, table: Table, given: Value | undefined): Map<string, Value> {
  const listed =
    given?.kind === 'array' ? given.items.value.map((item) => item.value) : given ? [given] : [];
  return new Map(
    listed.flatMap((each): [string, Value][] => {
      const own = fieldsOf(each);
      const model = tableIn(machine, each) ?? tableIn(machine, own.get('model'));
      const named = stringOf(each) ?? stringOf(own.get('as')) ?? stringOf(own.get('association'));
      const relation = machine.deps.schema
        .relations(table.id)
        .find((one) => (named === undefined ? one.table === model?.id : one.name === named));
      const other = machine.deps.schema.tables.find(({ id }) => id === relation?.table);
      if (!relation || !other) return [];
      const options = optionsOf(machine, other, each);
      const required = own.get('required');
      const inside = [...fieldsOf(options), ...(required ? [['required', required] as const] : [])];
      return [[relation.name, object(inside)]];
    }),
  );
}
