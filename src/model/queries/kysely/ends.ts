import type { SelectStmt } from 'libpg-query';
import type { ts } from '../../../kernel/syntax.ts';
import { builtIn } from '../../trace/classes.ts';
import { arrayOf } from '../../trace/composites.ts';
import { databaseError } from '../../trace/errors.ts';
import { branchValue } from '../../trace/path.ts';
import { textOf } from '../../trace/source.ts';
import { literal, type Special, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { lazily } from '../lazily.ts';
import { paramsOf } from '../sql/nodes.ts';
import { oneRow, oneRowOrThrow } from '../sql/one.ts';
import { fieldsOf, scopeOf, statement } from '../sql/run.ts';
import type { Cte, Scope } from '../sql/sources.ts';
import { type Context, statementOf } from './expression.ts';
import { named } from './names.ts';

/** A WITH query by its name: the builder that makes it. */
export interface NamedQuery {
  readonly name: string;
  readonly query: Value;
}

/** The scope of a built statement, its WITH queries in reach: writes among them run here. */
export function scopeWith(
  { machine, names }: Context,
  { ctes, node }: { ctes: readonly NamedQuery[]; node: ts.Node },
): Scope {
  const scope = scopeOf(machine, { text: textOf(node), params: paramsOf(machine), node });
  const known = new Map<string, Cte>();
  for (const { name, query } of ctes) {
    const select = statementOf(query);
    const rows = select ? undefined : machine.invoke(query, { name: 'execute', args: [] }, node);
    known.set(
      names.toSql(name),
      select ? { select } : { fields: fieldsOf(rows && machine.settle(rows, node)) },
    );
  }
  return { ...scope, ctes: known };
}

/** Reads what a select says. */
export function readRows(
  context: Context,
  { select, ctes, node }: { select: SelectStmt; ctes: readonly NamedQuery[]; node: ts.Node },
): Value {
  const scope = scopeWith(context, { ctes, node });
  const rows = statement({ SelectStmt: select }, scope, databaseError);
  return rows && rows.kind !== 'nothing' ? named(rows, context.names) : unknown(textOf(node));
}

/** `executeTakeFirstOrThrow()`: without a row what it was given to throw, else `NoResultError`. */
function missing({ machine }: Context, error: Value | undefined, node: ts.Node): Value {
  if (error?.kind === 'class' || error?.kind === 'package') {
    return machine.construct(error, [], node);
  }
  if (error?.kind === 'closure') return machine.call(error, [], node);
  return builtIn(
    ['NoResultError', 'Error'],
    [
      ['name', literal('NoResultError')],
      ['message', literal('no result')],
    ],
  );
}

/** The result of a write without RETURNING, in a list as `execute` gives it. */
export function resultList(result: Value): Value {
  return arrayOf([{ value: result, when: null }]);
}

/** The calls that every builder has: those that run it, and those that hand it on. Undefined for all others. */
export function ended(
  context: Context,
  made: Special,
  { method, args, node, rows }: Called & { readonly rows: () => Value },
): Value | undefined {
  const { machine } = context;
  const [first = UNDEFINED, second = UNDEFINED] = args;
  switch (method) {
    case 'execute':
    case 'stream':
      return lazily(machine, rows);
    case 'executeTakeFirst':
      return lazily(machine, () => oneRow(machine, rows(), node));
    case 'executeTakeFirstOrThrow':
      return lazily(machine, () =>
        oneRowOrThrow(machine, rows(), { error: () => missing(context, args[0], node), node }),
      );
    case '$call':
      return machine.call(first, [made], node);
    case '$if':
      return branchValue(machine, machine.truth(first, node), {
        yes: () => machine.call(second, [made], node),
        no: () => made,
      });
    default:
      return undefined;
  }
}

interface Called {
  readonly method: string;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}
