import type { ts } from '../../../kernel/syntax.ts';
import type { LibraryReader } from '../../reader.ts';
import { either, FALSE, type Formula, TRUE } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { thirdParty } from '../../trace/outside.ts';
import { UNDEFINED, type Value } from '../../trace/values.ts';

/** For how long stores keep what is not complete, where they were made with a time. */
const periods = new WeakMap<Value, Value>();

/** The stores of tus: all but what they are made with is a third party's. */
export const tusStores = {
  name: '@tus/stores',
  from: /^@tus\/(file|s3|gcs|azure)-store$/,
  call: (machine, { name, args: [options = UNDEFINED], node, made, from }) => {
    if (!made) return undefined;
    const store = thirdParty({ kind: 'package', package: from, name });
    periods.set(store, machine.get(options, 'expirationPeriodInMilliseconds', node));
    return store;
  },
} satisfies LibraryReader;

/** Whether uploads of a store expire; they may where nothing is known of it. */
export function expires(machine: Machine, store: Value, node: ts.Node): Formula {
  if (store.kind === 'choice') {
    const [yes, no] = [store.yes, store.no].map((each) => expires(machine, each, node));
    return either(store.when, yes ?? TRUE, no ?? TRUE);
  }
  const period = periods.get(store);
  if (period?.kind === 'undefined') return FALSE;
  return period ? machine.truth(period, node) : TRUE;
}
