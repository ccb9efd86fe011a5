import type { Table } from '../../../db/db.ts';
import type { ts } from '../../../kernel/syntax.ts';
import { builtIn } from '../../trace/classes.ts';
import { OWN_WORDS } from '../../trace/error-words.ts';
import { all, atom, type Formula } from '../../trace/formula.ts';
import { atomsOf, isChecked } from '../../trace/input-facts.ts';
import type { Machine } from '../../trace/machine.ts';
import { isUndeclared, ofOtherType, raiseOnce } from '../../trace/other-type.ts';
import { branch } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { partsOf } from '../../trace/terms.ts';
import { compareValues, isThere } from '../../trace/truth.ts';
import { literal, type Value } from '../../trace/values.ts';
import { fieldsOf } from '../records/read.ts';

interface Asked {
  readonly table: Table;
  readonly method: string;
  readonly args: Value;
  readonly node: ts.Node;
}

/** Prisma looks at what it is given before it asks the database: a value of another type than its column's is an error. */
export function validated(machine: Machine, { table, method, args, node }: Asked): void {
  const unique = /^(findUnique(OrThrow)?|update|delete|upsert)$/.test(method);
  const given = fieldsOf(args);
  const refused = ['where', 'data', 'create', 'update'].flatMap((part) => {
    const key = unique && part === 'where';
    return refusedIn(machine, { table, node, key }, given.get(part));
  });
  if (refused.length > 0) raiseOnce(machine, { when: refused, error: refusal() }, node);
  const unnamed = [...fieldsOf(given.get('data')).values()].flatMap(linkIn).filter(isOfRow);
  const named = all(unnamed.map((each) => isThere(each, node)));
  branch(machine, named, {
    yes: () => undefined,
    no: () => machine.throwValue(refusal(), node),
  });
}

function refusal(): Value {
  const name = 'PrismaClientValidationError';
  return builtIn(
    [name, 'Error'],
    [
      ['name', literal(name)],
      ['message', OWN_WORDS],
    ],
  );
}

/** Something of a row where there is one, and otherwise nothing. */
function isOfRow(value: Value): boolean {
  if (value.kind !== 'choice' || value.no.kind !== 'undefined') return false;
  return atomsOf(value.when).every(({ kind }) => kind === 'exists');
}

interface Part {
  readonly table: Table;
  readonly node: ts.Node;
  /** A key that says which row: it can't be left out. */
  readonly key: boolean;
}

function refusedIn(machine: Machine, part: Part, value: Value | undefined): Formula[] {
  if (value?.kind === 'array') {
    const each = value.items.value.filter((item) => !item.when);
    return each.flatMap((item) => refusedIn(machine, part, item.value));
  }
  if (value?.kind !== 'object') return [];
  return [...value.fields.value].flatMap(([name, field]) => {
    const column = part.table.columns.find(({ property }) => property === name);
    if (!column)
      return isCompound(part, name)
        ? refusedIn(machine, part, field)
        : linkIn(field).flatMap((each) => refusals(machine, { ...part, key: true }, each));
    if (/^jsonb?$/.test(column.type)) return [];
    const values = field.kind === 'object' ? [...field.fields.value.values()] : [field];
    return values.flatMap((each) => refusals(machine, part, each));
  });
}

/** The row that a relation is to lead to. */
function linkIn(relation: Value): Value[] {
  return [...fieldsOf(fieldsOf(relation).get('connect')).values()];
}

/** `AND`, `OR`, `NOT`, and keys of several columns; what else is no column is a relation, of other tables. */
function isCompound({ table }: Part, name: string): boolean {
  if (/^(AND|OR|NOT)$/.test(name)) return true;
  const columns = new Set(table.columns.map(({ property }) => property));
  return name.split('_').every((each) => columns.has(each));
}

/** What stands between two separators of a text is nothing where the text has fewer. */
function isPartOfText(value: Value): boolean {
  return (
    value.kind === 'term' &&
    value.term.kind === 'call' &&
    value.term.fn === 'splitPart' &&
    partsOf(value.term).some(({ kind }) => kind === 'input')
  );
}

function refusals(machine: Machine, { key, node }: Part, value: Value): Formula[] {
  if (key && isPartOfText(value))
    return [compareValues({ left: value, op: '=', right: literal(null) }, node)];
  if (!isUndeclared(machine, value) || isChecked(machine, value.term)) return [];
  const { from, path } = value.term;
  const about = { kind: 'input', at: placeAt(node), from, path: [...path] } as const;
  return [ofOtherType(value, node), ...(key ? [atom({ ...about, is: 'missing' })] : [])];
}
