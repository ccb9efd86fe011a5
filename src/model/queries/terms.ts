import type { Op, Term } from '../../condition/condition.ts';
import type { ts } from '../../kernel/syntax.ts';
import { compareTerms } from '../trace/compare.ts';
import { all, atom, type Formula, not, some, TRUE } from '../trace/formula.ts';
import { columnType } from '../trace/row-fields.ts';
import { placeAt, textOf } from '../trace/source.ts';
import { toTerm } from '../trace/terms.ts';
import { type Bind, literal, literalOf, term, typed, type Value } from '../trace/values.ts';

/** The query itself, as the source a count or sum is taken over. */
export const QUERY = '#query';

/** What a value is inside a query: columns become those of the query's rows. */
export function sqlTerm(value: Value, bind: Bind): Term {
  if (value.kind === 'column') {
    const row = bind(value.source) ?? value.source;
    return { kind: 'column', row, column: value.column.name };
  }
  if (value.kind === 'sqlTerm') return value.make(bind);
  if (value.kind === 'sqlTest') return { kind: 'opaque', text: 'sql' };
  if (value.kind === 'list') return toTerm(value.element(value.query));
  return toTerm(value);
}

/** The same as a value of the handler, with the type it has there. */
export function sqlValue(value: Value, bind: Bind): Value {
  if (value.kind === 'column') return term(sqlTerm(value, bind), columnType(value.column));
  if (value.kind === 'sqlTerm') return term(value.make(bind), value.type);
  return value.kind === 'sqlTest' ? { kind: 'test', formula: value.test(bind) } : value;
}

/** A condition of a query over its rows; what is left out (`undefined`) says nothing. */
export function sqlFormula(value: Value | undefined, bind: Bind): Formula {
  if (!value || value.kind === 'undefined') return TRUE;
  if (value.kind === 'sqlTest') return value.test(bind);
  if (value.kind === 'choice') {
    return some([
      all([value.when, sqlFormula(value.yes, bind)]),
      all([not(value.when), sqlFormula(value.no, bind)]),
    ]);
  }
  if (value.kind === 'array') {
    return all(
      value.items.value.map((item) => {
        const said = sqlFormula(item.value, bind);
        return item.when ? some([not(item.when), said]) : said;
      }),
    );
  }
  return TRUE;
}

export function comparison(
  { left, op, right }: { left: Value; op: Op; right: Value },
  node: ts.Node,
): Value {
  const about = { at: placeAt(node), text: textOf(node) };
  return {
    kind: 'sqlTest',
    ...([left, right].some(isAggregate) && { sums: true }),
    test: (bind) => {
      if (right.kind === 'choice')
        return overSides(right, (part) =>
          sqlFormula(comparison({ left, op, right: part }, node), bind),
        );
      return compareTerms({ left: sqlTerm(left, bind), op, right: sqlTerm(right, bind) }, about);
    },
  };
}

function overSides(value: Value & { kind: 'choice' }, work: (part: Value) => Formula): Formula {
  return some([all([value.when, work(value.yes)]), all([not(value.when), work(value.no)])]);
}

/** `column in (…)`. */
export function membership(
  { left, of, holds }: { left: Value; of: Value; holds: boolean },
  node: ts.Node,
): Value {
  if (of.kind !== 'array')
    return comparison({ left, op: holds ? '=' : '!=', right: firstElement(of) }, node);
  const items = of.items.value.map((item) => item.value);
  const [only] = items;
  if (only && items.length === 1)
    return comparison({ left, op: holds ? '=' : '!=', right: only }, node);
  return {
    kind: 'sqlTest',
    test: (bind) =>
      atom({
        kind: 'member',
        at: placeAt(node),
        term: sqlTerm(left, bind),
        of: items.map((item) => sqlTerm(item, bind)),
        holds,
      }),
  };
}

/** A list in the request stands for its first element. */
function firstElement(of: Value): Value {
  if (of.kind !== 'term' || of.term.kind !== 'input') return of;
  return term({ ...of.term, path: [...of.term.path, '0'] }, typed('unknown'));
}

/** count, sum, … over the query's rows. */
export function aggregate(op: (Term & { kind: 'aggregate' })['op'], of: Value | undefined): Value {
  return {
    kind: 'sqlTerm',
    type: typed('number'),
    make: (bind) => ({
      kind: 'aggregate',
      op,
      query: bind(QUERY) ?? QUERY,
      of: of && op !== 'count' ? sqlTerm(of, bind) : null,
    }),
  };
}

/** Whether a selected value is computed over all rows. */
export function isAggregate(value: Value): boolean {
  if (value.kind === 'sqlTest') return value.sums === true;
  if (value.kind !== 'sqlTerm' || value.apart) return false;
  const made = value.make(() => undefined);
  return JSON.stringify(made).includes('"kind":"aggregate"');
}

/** `lower(…)`, for comparisons that fold case. */
export function lowered(value: Value): Value {
  const said = literalOf(value);
  if (typeof said === 'string') return literal(said.toLowerCase());
  return {
    kind: 'sqlTerm',
    type: typed('string'),
    make: (bind) => ({ kind: 'call', fn: 'lower', args: [sqlTerm(value, bind)] }),
  };
}
