import type { ts } from '../../../kernel/syntax.ts';
import { builtIn } from '../../trace/classes.ts';
import { OWN_WORDS } from '../../trace/error-words.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { check } from '../../trace/schemas.ts';
import type { Value } from '../../trace/values.ts';

/**
 * What a validator makes of a value: a schema, an object with `parse` or a function (`execValidator`). What a schema
 * finds wrong is the text of a plain error.
 */
export function validated(
  machine: Machine,
  validator: Value,
  { value, node }: { value: Value; node: ts.Node },
): Value {
  if (validator.kind !== 'schema') {
    const parse = validator.kind === 'closure' ? validator : machine.get(validator, 'parse', node);
    return machine.settle(machine.call(parse, [value], node), node);
  }
  const { valid, data } = check(machine, validator, { value, node });
  branch(machine, valid, {
    yes: () => undefined,
    no: () => machine.throwValue(builtIn(['Error'], [['message', OWN_WORDS]]), validator.node),
  });
  return data;
}
