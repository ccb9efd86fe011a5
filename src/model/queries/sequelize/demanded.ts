import type { ts } from '../../../kernel/syntax.ts';
import { builtIn } from '../../trace/classes.ts';
import { not } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { isThere } from '../../trace/truth.ts';
import { literal, type Value } from '../../trace/values.ts';
import { LOGIC } from './operators.ts';

interface Demanded {
  readonly value: Value;
  /** What is thrown where there is none. */
  readonly message: string;
}

/** A value that is not given is an error before anything is sent. */
export function demanded(machine: Machine, { value, message }: Demanded, node: ts.Node): void {
  if (value.kind !== 'undefined' && !isInput(value)) return;
  branch(machine, not(isThere(value, node)), {
    yes: () => machine.throwValue(builtIn(['Error'], [['message', literal(message)]]), node),
    no: () => undefined,
  });
}

/** What a request may leave out; of what else stands there nothing says that it is missing. */
function isInput(value: Value): boolean {
  return value.kind === 'term' && value.term.kind === 'input';
}

/** `where: { name }`: each column named there is compared with something. */
export function demandedIn(machine: Machine, where: Value | undefined, node: ts.Node): void {
  if (where?.kind === 'array')
    for (const { value, when } of where.items.value) if (!when) demandedIn(machine, value, node);
  if (where?.kind !== 'object') return;
  for (const [name, value] of where.fields.value) {
    if (LOGIC[name]) demandedIn(machine, value, node);
    else demanded(machine, { value, message: uncompared(name) }, node);
  }
}

function uncompared(name: string): string {
  return `WHERE parameter "${name}" has invalid "undefined" value`;
}
