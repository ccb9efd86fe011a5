import type { ts } from '../../../kernel/syntax.ts';
import { object } from '../../trace/terms.ts';
import { literal, UNDEFINED, type Value } from '../../trace/values.ts';

/** TypeORM's operators in the words of a condition object. */
const WORDS: Readonly<Record<string, string>> = {
  In: 'in',
  Any: 'in',
  Equal: 'equals',
  Like: 'like',
  ILike: 'ilike',
  MoreThan: 'gt',
  MoreThanOrEqual: 'gte',
  LessThan: 'lt',
  LessThanOrEqual: 'lte',
  Not: 'not',
};

/** `In([…])`, `Not(IsNull())`, `Between(a, b)`; undefined for exports that are none. */
export function operatorCall(
  name: string,
  { args }: { readonly args: readonly Value[]; readonly node: ts.Node },
): Value | undefined {
  const [first = UNDEFINED, second = UNDEFINED] = args;
  if (name === 'IsNull') return object([['equals', literal(null)]]);
  if (name === 'Between') {
    return object([
      ['gte', first],
      ['lte', second],
    ]);
  }
  const word = WORDS[name];
  return word === undefined ? undefined : object([[word, first]]);
}
