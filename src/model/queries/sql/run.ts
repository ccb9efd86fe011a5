import type { Node, SelectStmt } from 'libpg-query';
import type { ts } from '../../../kernel/syntax.ts';
import { parseSql } from '../../sql/parse.ts';
import { arrayOf } from '../../trace/composites.ts';
import { databaseError } from '../../trace/errors.ts';
import { firstOf } from '../../trace/lists.ts';
import type { Machine } from '../../trace/machine.ts';
import { textOf } from '../../trace/source.ts';
import { object } from '../../trace/terms.ts';
import { type Fields, unknown, type Value } from '../../trace/values.ts';
import type { Change } from '../change.ts';
import { execute } from '../select.ts';
import { sqlValue } from '../terms.ts';
import { changeRows, insertRows } from './change.ts';
import { type Piece, paramsOf, parsed } from './nodes.ts';
import { givesOneRow, selectOf, sourcesOf, targetsOf } from './select.ts';
import type { Cte, Scope } from './sources.ts';
import { subquery } from './subquery.ts';

export interface Text {
  readonly text: string;
  readonly params: readonly Value[];
  readonly node: ts.Node;
  readonly error: Change['error'];
}

const NOTHING = { kind: 'nothing' } as const;

/**
 * Reads and writes what a SQL text says and gives the rows of its last statement, or the driver's result of
 * a write without RETURNING; `nothing` for what has no rows (BEGIN, SET). Undefined where it can't be followed.
 */
export function runSql(machine: Machine, said: Text): Value | typeof NOTHING | undefined {
  const statements = parseSql(said.text);
  let result: Value | typeof NOTHING | undefined;
  for (const { node } of statements ?? []) {
    result = statement(node, scopeOf(machine, said), said.error);
  }
  return result;
}

/** The same of statements that a query builder put together from pieces of text. */
export function runPieces(
  machine: Machine,
  pieces: readonly Piece[],
  node: ts.Node,
): Value | typeof NOTHING | undefined {
  const scope = scopeOf(machine, { text: textOf(node), params: paramsOf(machine), node });
  let result: Value | typeof NOTHING | undefined = NOTHING;
  for (const each of parsed(machine, pieces) ?? []) result = statement(each, scope, databaseError);
  return result;
}

/** Where a statement's names and parameters mean something, before it names any table. */
export function scopeOf(machine: Machine, { text, params, node }: Omit<Text, 'error'>): Scope {
  const none = { sources: [], ctes: new Map(), outer: null };
  return { machine, node, text, params, ...none, subquery };
}

/** Reads or writes what a parsed statement says; `runSql` says what it gives. */
export function statement(
  node: Node,
  around: Scope,
  error: Change['error'],
): Value | typeof NOTHING | undefined {
  if ('InsertStmt' in node) {
    return insertRows(node.InsertStmt, withCtes(node.InsertStmt, around, error), { error });
  }
  if ('UpdateStmt' in node) {
    const scope = withCtes(node.UpdateStmt, around, error);
    return changeRows({ update: node.UpdateStmt }, scope, { error });
  }
  if ('DeleteStmt' in node) {
    const scope = withCtes(node.DeleteStmt, around, error);
    return changeRows({ remove: node.DeleteStmt }, scope, { error });
  }
  if ('SelectStmt' in node)
    return select(node.SelectStmt, withCtes(node.SelectStmt, around, error));
  const plain = ['TransactionStmt', 'VariableSetStmt', 'LockStmt', 'TruncateStmt', 'NotifyStmt'];
  return plain.some((each) => each in node) ? NOTHING : undefined;
}

function withCtes(
  { withClause }: { withClause?: SelectStmt['withClause'] },
  around: Scope,
  error: Change['error'],
): Scope {
  const ctes = new Map<string, Cte>(around.ctes);
  for (const each of withClause?.ctes ?? []) {
    if (!('CommonTableExpr' in each)) continue;
    const { ctename = '', ctequery } = each.CommonTableExpr;
    if (!ctequery) continue;
    if ('SelectStmt' in ctequery) ctes.set(ctename, { select: ctequery.SelectStmt });
    else ctes.set(ctename, { fields: fieldsOf(statement(ctequery, { ...around, ctes }, error)) });
  }
  return { ...around, ctes };
}

/** What a write in WITH gives to the rest, known by one row of it. */
export function fieldsOf(rows: Value | typeof NOTHING | undefined): Fields {
  const row =
    rows?.kind === 'list'
      ? firstOf(rows)
      : rows?.kind === 'array'
        ? rows.items.value[0]?.value
        : undefined;
  if (row?.kind !== 'row') return new Map();
  const columns = row.table?.columns ?? [];
  const own = columns.map(({ name, ...column }): [string, Value] => [
    name,
    sqlValue({ kind: 'column', source: row.id, column: { name, ...column } }, (id) => id),
  ]);
  return new Map([...own, ...row.fields]);
}

function select(stmt: SelectStmt, scope: Scope): Value | undefined {
  const built = selectOf(stmt, scope);
  if (built) {
    return execute(scope.machine, built.state, { node: scope.node, outer: () => undefined });
  }
  if (givesOneRow(stmt)) {
    const names = [...targetsOf(stmt.targetList ?? [], { ...scope, sources: [] }).keys()];
    const row = object(names.map((name) => [name, unknown(name)]));
    return arrayOf([{ value: row, when: null }]);
  }
  const from = sourcesOf(stmt.fromClause ?? [], scope);
  if (!from || from.sources.some(({ table }) => table) || stmt.op !== 'SETOP_NONE')
    return undefined;
  const targets = targetsOf(stmt.targetList ?? [], { ...scope, sources: from.sources });
  const fields = [...targets].map(
    ([name, value]) => [name, sqlValue(value, () => undefined)] as const,
  );
  return arrayOf([{ value: object(fields), when: null }]);
}
