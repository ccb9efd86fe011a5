import type { ts } from '../../../kernel/syntax.ts';
import { respond } from '../../trace/chain.ts';
import { builtIn } from '../../trace/classes.ts';
import { enter } from '../../trace/closures.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { attempt } from '../../trace/tries.ts';
import { literal, literalOf, native, stringOf, UNDEFINED, type Value } from '../../trace/values.ts';
import { waysOf } from '../leaving.ts';
import { covers } from '../route-path.ts';

/** What runs as a middleware: Hono's context, and what goes on behind it. */
interface Going {
  readonly c: Value;
  readonly next: Value;
  readonly node: ts.Node;
}

/** `some`, `every` and `except` of hono/combine; undefined for other names. */
export function combined(machine: Machine, fn: string, args: readonly Value[]): Value | undefined {
  const run = { some: anyOf, every: allOf, except: unless }[fn];
  if (!run) return undefined;
  return native(fn, ([c = UNDEFINED, next = UNDEFINED], node) => {
    run(machine, args, { c, next, node });
    return UNDEFINED;
  });
}

/** The first that neither throws nor says no; what the last of them throws is thrown. */
function anyOf(machine: Machine, [first, ...others]: readonly Value[], going: Going): void {
  const { c, next, node } = going;
  if (!first) return;
  const no = () => {
    if (others.length > 0) anyOf(machine, others, going);
    else fail(machine, 'No successful middleware found', node);
  };
  const yes = () => void machine.call(next, [], node);
  const work = () => ask(machine, { value: first, args: [c, next], node }, { yes, no, node });
  if (others.length === 0) work();
  else
    attempt(machine, {
      work: () => {
        work();
        return UNDEFINED;
      },
      handle: () => {
        anyOf(machine, others, going);
        return UNDEFINED;
      },
    });
}

/** One behind the other. */
function allOf(machine: Machine, [first, ...others]: readonly Value[], going: Going): void {
  const { c, next, node } = going;
  if (!first) {
    machine.call(next, [], node);
    return;
  }
  const behind = () => allOf(machine, others, going);
  const own = native('next', () => {
    if (!machine.path.dead && !machine.path.answered) behind();
    return UNDEFINED;
  });
  const no = () => fail(machine, 'Unmet condition', node);
  ask(machine, { value: first, args: [c, own], node }, { yes: behind, no, node });
}

/** All of the others, but where the path or the request is what was said first. */
function unless(machine: Machine, [first, ...others]: readonly Value[], going: Going): void {
  const { c, next, node } = going;
  const given = first?.kind === 'array' ? first.items.value.map(({ value }) => value) : [first];
  const from = ([condition, ...rest]: readonly (Value | undefined)[]): void => {
    if (!condition) {
      allOf(machine, others, going);
      return;
    }
    const path = stringOf(condition);
    const said =
      path === undefined
        ? machine.settle(machine.call(condition, [c], node), node)
        : literal(covers(path, machine.endpoint.path));
    branch(machine, machine.truth(said, node), {
      yes: () => void machine.call(next, [], node),
      no: () => from(rest),
    });
  };
  from(given);
}

interface Ways {
  readonly yes: () => void;
  readonly no: () => void;
  readonly node: ts.Node;
}

/** Runs one of them, and goes on behind each way out of it. */
function ask(
  machine: Machine,
  { value, args, node }: { value: Value; args: readonly Value[]; node: ts.Node },
  ways: Ways,
): void {
  if (value.kind !== 'closure') {
    decide(machine, machine.settle(machine.call(value, args, node), node), ways);
    return;
  }
  const { facts } = machine.path;
  for (const exit of enter(machine, value, { args, node }).returns.flatMap(waysOf)) {
    Object.assign(machine.path, { facts: exit.facts, dead: false, answered: false });
    machine.done.value = exit.done;
    decide(machine, machine.settle(exit.value, node), ways);
  }
  Object.assign(machine.path, { facts, dead: false, answered: true });
}

/** An answer is sent, a condition decides, nothing else is heard. */
function decide(machine: Machine, said: Value, ways: Ways): void {
  const { path } = machine;
  if (path.dead || path.answered || said.kind === 'undefined' || literalOf(said) === null) return;
  if (said.kind === 'response' || said.kind === 'jsx') respond(machine, said, ways.node);
  else branch(machine, machine.truth(said, ways.node), ways);
}

function fail(machine: Machine, message: string, node: ts.Node): void {
  machine.throwValue(builtIn(['Error'], [['message', literal(message)]]), node);
}
