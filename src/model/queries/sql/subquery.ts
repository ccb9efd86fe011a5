import type { SubLink } from 'libpg-query';
import { atom } from '../../trace/formula.ts';
import { placeAt } from '../../trace/source.ts';
import { toTerm } from '../../trace/terms.ts';
import { type Bind, type ListValue, typed, unknown, type Value } from '../../trace/values.ts';
import { execute, type Select } from '../select.ts';
import { comparison, sqlFormula, sqlTerm } from '../terms.ts';
import { expression } from './expression.ts';
import { selectOf } from './select.ts';
import type { Scope } from './sources.ts';

/** EXISTS, IN and scalar subqueries: reads of their own, tied to the rows of the query around them. */
export function subquery(node: SubLink, scope: Scope): Value {
  const inner = node.subselect && 'SelectStmt' in node.subselect ? node.subselect.SelectStmt : null;
  const built = inner && selectOf(inner, { ...scope, sources: [], outer: scope });
  if (!built) return unknown('subquery');
  const done = new Map<string, ListValue | undefined>();
  const read = (bind: Bind) => {
    const key = scope.sources.map(({ table }) => table && bind(table.source)).join();
    if (!done.has(key)) done.set(key, rowsOf(built.state, bind, scope));
    return done.get(key);
  };
  switch (node.subLinkType) {
    case 'EXISTS_SUBLINK':
      return {
        kind: 'sqlTest',
        test: (bind) => {
          const rows = read(bind);
          const at = placeAt(scope.node);
          if (rows) return atom({ kind: 'exists', at, query: rows.query });
          return atom({ kind: 'opaque', at, text: 'EXISTS', holds: true, terms: [] });
        },
      };
    case 'ANY_SUBLINK': {
      const left = expression(node.testexpr, scope);
      if (left.kind === 'unknown') return unknown('IN');
      return {
        kind: 'sqlTest',
        test: (bind) =>
          sqlFormula(
            comparison({ left, op: '=', right: single(read(bind), built.columns) }, scope.node),
            bind,
          ),
      };
    }
    case 'EXPR_SUBLINK':
      return {
        kind: 'sqlTerm',
        apart: true,
        type: typed('unknown', true),
        make: (bind) => sqlTerm(single(read(bind), built.columns), bind),
      };
    default:
      return unknown('subquery');
  }
}

function rowsOf(state: Select, bind: Bind, scope: Scope): ListValue | undefined {
  const { machine, node } = scope;
  const rows = execute(machine, { ...state, node }, { node, outer: bind });
  return rows.kind === 'list' ? rows : undefined;
}

/** The one column of the one row a scalar subquery has. */
function single(rows: ListValue | undefined, columns: readonly string[]): Value {
  const row = rows?.element(rows.query);
  const [name] = columns;
  if (row?.kind !== 'row' || name === undefined) return unknown('subquery');
  const field = row.fields.get(name);
  if (field) return { kind: 'term', term: toTerm(field), type: typed('unknown', true) };
  const column = row.table?.columns.find((each) => each.property === name);
  return column
    ? {
        kind: 'term',
        term: { kind: 'column', row: row.id, column: column.name },
        type: typed('unknown', true),
      }
    : unknown('subquery');
}
