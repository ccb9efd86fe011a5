import type { ts } from '../../../kernel/syntax.ts';
import { arrayOf } from '../../trace/composites.ts';
import { databaseError } from '../../trace/errors.ts';
import type { Machine } from '../../trace/machine.ts';
import { literal, type Special, UNDEFINED, type Value } from '../../trace/values.ts';
import { lazily } from '../lazily.ts';
import { isMadeOf, type Part, runParts } from '../sql/fragments.ts';

/** A query, which runs once it is awaited; inside another's template it is a piece of that. */
export function query(machine: Machine, parts: readonly Part[], node: ts.Node): Special {
  const promise = lazily(machine, () =>
    runParts(machine, { parts, node, error: databaseError }, (rows) => result(machine, rows)),
  );
  const made: Special = {
    ...promise,
    name: 'postgres.query',
    invoke: (method, [visit = UNDEFINED], at) => {
      if (/^(simple|execute|describe|raw|values|readable|writable)$/.test(method)) return made;
      if (method !== 'forEach') return undefined;
      return machine.invoke(promise.settle?.() ?? UNDEFINED, { name: method, args: [visit] }, at);
    },
  };
  return isMadeOf(made, parts);
}

/** The rows; how many a write without RETURNING changed stands in `count` of none. */
function result(machine: Machine, rows: Value | { readonly kind: 'nothing' }): Value {
  if (rows.kind === 'nothing') return arrayOf([]);
  if (rows.kind !== 'special') return rows;
  return {
    kind: 'special',
    name: 'postgres.result',
    get: (name, at) => {
      if (name === 'count') return machine.get(rows, 'rowCount', at);
      if (name === 'length') return literal(0);
      return /^\d+$/.test(name) ? UNDEFINED : undefined;
    },
  };
}
