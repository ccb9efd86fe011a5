import type { Node } from 'libpg-query';
import type { ts } from '../../../kernel/syntax.ts';
import { object } from '../../trace/terms.ts';
import { literal, type Special, stringOf, UNDEFINED, type Value } from '../../trace/values.ts';
import { operation } from '../sql/nodes.ts';
import { keepBuilt } from './run.ts';
import type { State } from './state.ts';
import { targetsOf } from './targets.ts';
import { type Context, operand, reference } from './where.ts';

/** A call of a builder's chain. */
export interface Called {
  readonly method: string;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

/** What a call makes a builder write; undefined for one that is about no write. */
export function written(context: Context, called: Called): Partial<State> | undefined {
  const { method, args } = called;
  const [first = UNDEFINED, second] = args;
  const returning = (value: Value | undefined) => (value ? targetsOf(context, value) : []);
  switch (method) {
    case 'insert':
      return { kind: 'insert', values: first, returning: returning(second) };
    case 'update': {
      const name = stringOf(first);
      return name === undefined
        ? { kind: 'update', values: first, returning: returning(second) }
        : { kind: 'update', values: object([[name, second ?? UNDEFINED]]) };
    }
    case 'increment':
    case 'decrement': {
      const name = stringOf(first) ?? '';
      const sign = method === 'increment' ? '+' : '-';
      const by = operand(context, second ?? literal(1));
      const changed = operation(reference(context, name), sign, by);
      return { kind: 'update', values: object([[name, builtOf(changed)]]) };
    }
    case 'del':
    case 'delete':
      return { kind: 'delete', returning: returning(args[0]) };
    case 'returning':
      return { returning: returning(first) };
    case 'onConflict':
      return {};
    case 'ignore':
      return { onConflict: 'nothing' };
    case 'merge':
      return { onConflict: 'update' };
    default:
      return undefined;
  }
}

function builtOf(node: Node): Value {
  const value: Special = { kind: 'special', name: 'knex.expression' };
  keepBuilt(value, node);
  return value;
}
