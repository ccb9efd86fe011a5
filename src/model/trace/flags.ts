import type { Comparison, Condition } from '../../condition/condition.ts';
import { mapped } from '../../kernel/mapped.ts';
import { type Machine, tableOfRow } from './machine.ts';

/** `flag != true` of a flag that can't be null is `flag = false`. */
export function withPlainFlags(
  machine: Machine,
  conditions: readonly Condition[],
): readonly Condition[] {
  return mapped(conditions, (condition) => {
    if (condition.kind === 'any') {
      const of = mapped(condition.of, (each) => withPlainFlags(machine, each));
      return of === condition.of ? condition : { ...condition, of };
    }
    return 'op' in condition && isFlag(machine, condition) ? turned(condition) : condition;
  });
}

function turned<T extends Comparison>(condition: T): T {
  if (condition.right.kind !== 'literal') return condition;
  return { ...condition, op: '=', right: { kind: 'literal', value: !condition.right.value } };
}

function isFlag(machine: Machine, { left, op, right }: Comparison): boolean {
  if (op !== '!=' || right.kind !== 'literal' || typeof right.value !== 'boolean') return false;
  if (left.kind === 'call') return left.fn === 'passwordMatches';
  if (left.kind !== 'column') return false;
  const column = tableOfRow(machine, left.row)?.columns.find((each) => each.name === left.column);
  return column?.nullable === false && /^bool/.test(column.type);
}
