import type { ts } from '../../../kernel/syntax.ts';
import { arrayOf } from '../../trace/composites.ts';
import { countOf } from '../../trace/lists.ts';
import type { Machine } from '../../trace/machine.ts';
import type { Special, Value } from '../../trace/values.ts';

/** What node-postgres, and drivers around it, give of a statement: its rows and how many there are. */
export function driverResult(machine: Machine, given: Value): Special {
  return {
    kind: 'special',
    name: 'pg.result',
    get: (name, at) => {
      if (name === 'rows') return rowsIn(given);
      return name === 'rowCount' ? rowCount(machine, given, at) : undefined;
    },
  };
}

/** The rows of a statement, where it gives any. */
export function rowsIn(given: Value): Value {
  return given.kind === 'special' ? arrayOf([]) : given;
}

/** How many rows a statement gave or changed. */
export function rowCount(machine: Machine, given: Value, node: ts.Node): Value {
  if (given.kind === 'list') return countOf(given);
  return machine.get(given, given.kind === 'special' ? 'rowCount' : 'length', node);
}
