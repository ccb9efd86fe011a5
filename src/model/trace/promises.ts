import { parametersOf, ts } from '../../kernel/syntax.ts';
import { leaveWith } from './closures.ts';
import { arrayOf } from './composites.ts';
import { errorHere } from './errors.ts';
import { TRUE } from './formula.ts';
import type { Frame, Machine } from './machine.ts';
import { branch, set, since } from './path.ts';
import { textOf } from './source.ts';
import { choose } from './terms.ts';
import { attempt } from './tries.ts';
import { type Cell, cell, literal, native, UNDEFINED, unknown, type Value } from './values.ts';

/** `new Promise((resolve, reject) => …)`: what it resolves with; what it is rejected with is thrown from here. */
export function promised(machine: Machine, executor: Value, node: ts.Node): Value {
  const pending = unknown(textOf(node));
  const result = cell<Value>(pending, choose);
  const resolve = native('resolve', ([value = UNDEFINED]) => {
    set(machine, result, value);
    return UNDEFINED;
  });
  return attempt(machine, {
    work: (frame) => {
      const reject = native('reject', ([error = UNDEFINED], at) => {
        rejected(machine, { frame, error }, at);
        return UNDEFINED;
      });
      machine.call(executor, [resolve, reject], node);
      if (result.value !== pending || !isLeftToOthers(executor)) return result.value;
      return { kind: 'special', name: 'promise', settle: () => settledBy(machine, result, node) };
    },
    handle: (error) => {
      machine.throwValue(error, node);
      return UNDEFINED;
    },
  });
}

/** `new Promise((resolve) => { resolveLater = resolve; })`: whoever has the variable resolves it. */
function isLeftToOthers(executor: Value): boolean {
  if (executor.kind !== 'closure') return false;
  const names = parametersOf(executor.node).map(({ name }) => name.getText());
  const { body } = executor.node;
  const written = body && ts.isBlock(body) ? body.statements : [];
  return written.some(
    (each) =>
      ts.isExpressionStatement(each) &&
      ts.isBinaryExpression(each.expression) &&
      each.expression.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      names.includes(each.expression.right.getText()),
  );
}

/** What a promise was resolved with; a function that awaits it before has its caller go on. */
function settledBy(machine: Machine, result: Cell<Value>, node: ts.Node): Value {
  const { value } = result;
  if (value.kind === 'unknown') leaveWith(machine, value, node);
  return value;
}

/** Ends control where a promise is rejected, whatever catches errors between there and the promise. */
function rejected(
  machine: Machine,
  { frame, error }: { frame: Frame & { kind: 'try' }; error: Value },
  node: ts.Node,
): void {
  if (machine.path.dead || machine.path.answered) return;
  const from = machine.frames.lastIndexOf(frame);
  for (const each of machine.frames.slice(from + 1)) {
    if (each.kind === 'function') each.throws.push(since(machine, each.mark));
  }
  frame.throws.push(errorHere(machine, frame, { value: error, node }));
  machine.path.dead = true;
}

/** `Promise.all([…])`: each element awaited, where it is there. */
export function together(machine: Machine, value: Value, node: ts.Node): Value {
  if (value.kind !== 'array') return machine.settle(value, node);
  return arrayOf(
    value.items.value.map((item) => {
      const { yes = UNDEFINED } = branch(machine, item.when ?? TRUE, {
        yes: () => machine.settle(item.value, node),
        no: () => UNDEFINED,
      });
      return { ...item, value: yes };
    }),
  );
}

interface Either {
  readonly promise: () => Value;
  readonly handlers: () => readonly Value[];
}

/** What a promise gives goes to a callback of Node's kind, `(error, value)`; false where the promise is none. */
export function calledBack(
  machine: Machine,
  callback: Value,
  { promise, node }: { readonly promise: () => Value | undefined; readonly node: ts.Node },
): boolean {
  let isKnown = false;
  const told = (given: readonly Value[], at: ts.Node) =>
    isKnown ? machine.call(callback, given, at) : UNDEFINED;
  const asked = () => {
    const answer = promise();
    isKnown = answer !== undefined;
    return answer ?? UNDEFINED;
  };
  const handlers = () => [
    native('answered', ([value = UNDEFINED], at) => told([literal(null), value], at)),
    native('failed', ([error = UNDEFINED], at) => told([error], at)),
  ];
  settledEither(machine, { promise: asked, handlers }, node);
  return isKnown;
}

/** What the first handler makes of what a promise gives, or the second of its error: not of the first one's own. */
export function settledEither(
  machine: Machine,
  { promise, handlers }: Either,
  node: ts.Node,
): Value {
  const handled = (value: Value, at: 0 | 1) => {
    const { [at]: handler = UNDEFINED } = handlers();
    if (handler.kind !== 'undefined')
      return machine.settle(machine.call(handler, [value], node), node);
    if (at === 1) machine.throwValue(value, node);
    return value;
  };
  return attempt(machine, {
    work: (frame) => {
      const value = promise();
      const at = machine.frames.lastIndexOf(frame);
      machine.frames.splice(at, 1);
      const made = machine.path.dead ? UNDEFINED : handled(value, 0);
      machine.frames.splice(at, 0, frame);
      return made;
    },
    handle: (error) => handled(error, 1),
  });
}
