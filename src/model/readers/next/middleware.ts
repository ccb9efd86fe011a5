import type { Step } from '../../reader.ts';
import type { Machine } from '../../trace/machine.ts';
import type { Value } from '../../trace/values.ts';
import { goThrough } from '../go-through.ts';
import { requestOf } from '../web-request.ts';
import { PASSING } from './calls.ts';

/** Runs the middleware: what it answers is an ending, `NextResponse.next()` and nothing at all go on. */
export function guard(
  machine: Machine,
  { registered }: Step,
  { basePath, then }: { basePath: string; then: () => void },
): void {
  const node = registered.expression;
  const value = machine.standing(registered);
  if (value.kind !== 'closure') {
    then();
    return;
  }
  const args = () => [requestOf(machine, basePath)];
  goThrough(machine, { value, args, node, lets }, then);
}

function lets(value: Value): boolean {
  return value === PASSING || value.kind !== 'response';
}
