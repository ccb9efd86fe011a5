import type { Condition, Term } from '../../condition/condition.ts';
import type { Column, Table } from '../../db/db.ts';
import type { ts } from '../../kernel/syntax.ts';
import { valueRefused } from '../trace/errors.ts';
import { all, atom, type Formula, isFalse, some } from '../trace/formula.ts';
import { declaredFor, isChecked } from '../trace/input-facts.ts';
import type { Machine } from '../trace/machine.ts';
import { placeAt } from '../trace/source.ts';
import { mentions } from '../trace/terms.ts';

/** What a statement gives a column of its table. */
interface Given {
  readonly column: Column;
  readonly term: Term;
  /** What else must hold for it to be given. */
  readonly beside: readonly Condition[];
}

interface Statement {
  /** The read or write, as the trace knows it. */
  readonly id: string;
  readonly table: Table;
  readonly node: ts.Node;
}

/** PostgreSQL refuses a look-up by a value of the request that its column's type can't hold. */
export function lookUpRefused(
  machine: Machine,
  statement: Statement,
  where: readonly Condition[],
): void {
  refuse(
    machine,
    statement,
    where.flatMap((each) => givenBy(statement, each, [])),
  );
}

/** PostgreSQL refuses to store what a column can't hold. */
export function valuesRefused(
  machine: Machine,
  statement: Statement,
  set: Readonly<Record<string, Term>>,
): void {
  const given = statement.table.columns.flatMap((column): Given[] => {
    const term = set[column.name];
    return term ? [{ column, term, beside: [] }] : [];
  });
  refuse(machine, statement, given);
}

/** One error a statement: which of its values is refused first makes no other ending. */
function refuse(machine: Machine, { id, node }: Statement, given: readonly Given[]): void {
  const ways = given.flatMap(({ column, term, beside }) => {
    const refused = refusalOf(machine, column, { term, node });
    if (!refused) return [];
    const key = `${JSON.stringify(term)} ${typeOf(column)}`;
    const before = machine.refused.get(key) ?? [];
    if (before.some((each) => machine.done.value.has(each))) return [];
    machine.refused.set(key, [...before, id]);
    return [all([...beside.map(asFormula), refused])];
  });
  const [first] = ways.filter((way) => !isFalse(way));
  if (first) valueRefused(machine, first, node);
}

function asFormula(condition: Condition): Formula {
  if (condition.kind !== 'any') return atom(condition);
  return some(condition.of.map((way) => all(way.map(asFormula))));
}

function givenBy(
  statement: Statement,
  condition: Condition,
  beside: readonly Condition[],
): Given[] {
  if (condition.kind === 'any') {
    return condition.of.flatMap((way) => {
      const others = way.filter((each) => !mentions(each, statement.id));
      return way.flatMap((each) => givenBy(statement, each, [...beside, ...others]));
    });
  }
  if (condition.kind !== 'compare' || !['=', '!='].includes(condition.op)) return [];
  const { left, right } = condition;
  const [own, term] = left.kind === 'column' ? [left, right] : [right, left];
  if (own.kind !== 'column' || own.row !== statement.id) return [];
  const column = statement.table.columns.find(({ name }) => name === own.column);
  return column ? [{ column, term, beside }] : [];
}

const UUID = '^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$';
const INTEGER = '^-?[0-9]{1,9}$';
const LARGEST: Readonly<Record<string, number>> = { integer: 2_147_483_647, smallint: 32_767 };

function typeOf({ type }: Column): string {
  if (/^(int|integer|int4|serial|serial4)$/.test(type)) return 'integer';
  if (/^(smallint|int2|smallserial)$/.test(type)) return 'smallint';
  return type;
}

/** When a value of the request is none of a column's type; undefined where it always is one. */
function refusalOf(
  machine: Machine,
  column: Column,
  { term, node }: { term: Term; node: ts.Node },
): Formula | undefined {
  if (term.kind !== 'input' || column.array || isChecked(machine, term)) return undefined;
  const declared = declaredFor(machine, term);
  if (declared === 'none') return undefined;
  const at = placeAt(node);
  const said = (op: 'not matches' | '>', value: string | number) =>
    atom({ kind: 'input', is: 'compare', at, left: term, op, right: { kind: 'literal', value } });
  const largest = LARGEST[typeOf(column)];
  const { type } = declared;
  if (column.type === 'uuid') return isPlainText(declared) ? said('not matches', UUID) : undefined;
  if (largest === undefined) return undefined;
  if (type === undefined || type === 'string')
    return isPlainText(declared) ? said('not matches', INTEGER) : undefined;
  if (type !== 'integer' && type !== 'number') return undefined;
  const limits = [declared['maximum'], declared['exclusiveMaximum']];
  const limit = limits.find((each) => typeof each === 'number');
  return limit === undefined || limit > largest ? said('>', largest) : undefined;
}

/** Text of any form: no format, pattern or list of values narrows it. */
function isPlainText(schema: Readonly<Record<string, unknown>>): boolean {
  const { type } = schema;
  if (type !== undefined && type !== 'string') return false;
  const narrow = ['format', 'pattern', 'enum', 'const', 'anyOf', 'oneOf', 'allOf'];
  return narrow.every((name) => schema[name] === undefined);
}
