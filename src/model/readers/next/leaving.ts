import type { ts } from '../../../kernel/syntax.ts';
import { sides } from '../../trace/answers.ts';
import { builtIn } from '../../trace/classes.ts';
import { all } from '../../trace/formula.ts';
import type { Exit, Frame, Machine } from '../../trace/machine.ts';
import { literal, literalOf, type Value } from '../../trace/values.ts';

/** What `redirect` and its kin throw to leave whatever runs. */
export function left(kind: 'redirect' | 'notFound', fields: readonly [string, Value][]): Value {
  const name = kind === 'redirect' ? 'NextRedirect' : 'NextHttpError';
  return builtIn([name, 'Error'], [['message', literal(name)], ...fields]);
}

/** Where a thrown value leads to, if it was thrown to leave; undefined for errors. */
export function leads(value: Value): { status: number; location: Value | undefined } | undefined {
  if (value.kind !== 'instance' || !LEAVING.test(value.ancestry[0] ?? '')) return undefined;
  const status = literalOf(value.fields.value.get('status'));
  const location = value.fields.value.get('location');
  return { status: typeof status === 'number' ? status : 307, location };
}

const LEAVING = /^(NextRedirect|NextHttpError)$/;

/** Runs a piece of an endpoint; what leaves it by `redirect` or `notFound` is answered, errors go on their way. */
export function leaving(
  machine: Machine,
  answer: (thrown: Value, node: ts.Node) => Value | undefined,
  work: () => void,
): void {
  const mark = machine.path.facts.length;
  const frame: Frame & { kind: 'try' } = { kind: 'try', mark, throws: [], possible: [] };
  machine.frames.push(frame);
  work();
  machine.frames.splice(machine.frames.indexOf(frame));
  const { path } = machine;
  const after = { ...path };
  for (const exit of frame.throws) {
    Object.assign(path, { facts: exit.facts, dead: false, answered: false });
    const value = answer(exit.value, exit.node);
    Object.assign(path, after);
    if (value) {
      machine.endings.push({ exit: { ...exit, value }, thrown: null, step: machine.current });
    } else machine.thrown.push({ exit, possible: false });
    machine.stopped.add(machine.current);
  }
  for (const exit of frame.possible) machine.thrown.push({ exit, possible: true });
}

/** A choice returned is several ways to return. */
export function waysOf(exit: Exit): Exit[] {
  return sides(exit.value, all([])).map(({ value, when }) => {
    const more = when.kind === 'all' ? when.of : [when];
    return { ...exit, value, facts: [...exit.facts, ...more], when: all([exit.when, when]) };
  });
}
