import type { ts } from '../../../kernel/syntax.ts';
import type { Machine } from '../../trace/machine.ts';
import { native, type Special, UNDEFINED, type Value } from '../../trace/values.ts';

/**
 * An operator of rxjs: `map` changes what comes, `flat` goes on with the stream it makes of it, `tap` looks on, `catch`
 * goes on with what it makes of an error, `timeout` fails where nothing comes in time.
 */
interface Operator {
  readonly kind: 'map' | 'flat' | 'tap' | 'catch' | 'timeout';
  readonly fn: Value;
}

const KINDS: Readonly<Record<string, Operator['kind']>> = {
  map: 'map',
  switchMap: 'flat',
  mergeMap: 'flat',
  concatMap: 'flat',
  exhaustMap: 'flat',
  tap: 'tap',
  catchError: 'catch',
  timeout: 'timeout',
};

const operators = new WeakMap<object, Operator>();

export function operatorOf(value: Value): Operator | undefined {
  return operators.get(value);
}

/** What a call of an export of rxjs gives; undefined for those that are not known. */
export function streamCall(
  machine: Machine,
  name: string,
  { args, node }: { args: readonly Value[]; node: ts.Node },
): Value | undefined {
  const [first = UNDEFINED] = args;
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind) {
    const made = native('operator', () => UNDEFINED);
    operators.set(made, { kind, fn: first });
    return made;
  }
  switch (name) {
    case 'of':
    case 'from':
      return sourceOf(machine, machine.settle(first, node));
    case 'defer':
      return sourceOf(machine, machine.settle(machine.call(first, [], node), node));
    case 'firstValueFrom':
    case 'lastValueFrom':
      return machine.settle(first, node);
    case 'throwError': {
      const error = first.kind === 'closure' ? machine.call(first, [], node) : first;
      machine.throwValue(error, node);
      return UNDEFINED;
    }
    default:
      return undefined;
  }
}

/** A stream of one value, which whoever waits for it is given. */
function sourceOf(machine: Machine, value: Value): Special {
  return {
    kind: 'special',
    name: 'rxjs',
    settle: () => value,
    invoke: (name, args, node) =>
      name === 'pipe'
        ? args.reduce<Value>(
            (stream, operator) => piped(machine, { stream, operator }, node),
            sourceOf(machine, value),
          )
        : undefined,
  };
}

function piped(
  machine: Machine,
  { stream, operator }: { stream: Value; operator: Value },
  node: ts.Node,
): Value {
  if (machine.path.dead) return UNDEFINED;
  const known = operatorOf(operator);
  if (!known) return stream;
  if (stream.kind !== 'special' || stream.name !== 'rxjs')
    return machine.invoke(stream, { name: 'pipe', args: [operator] }, node);
  const value = machine.settle(stream, node);
  if (known.kind === 'tap') {
    if (known.fn.kind === 'closure') machine.call(known.fn, [value], node);
    return stream;
  }
  if (known.kind === 'catch' || known.kind === 'timeout') return stream;
  const made = machine.call(known.fn, [value], node);
  const goesOn = known.kind === 'flat' && made.kind === 'special' && !!made.invoke;
  return goesOn ? made : sourceOf(machine, machine.settle(made, node));
}
