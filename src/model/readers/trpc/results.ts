import { ts } from '../../../kernel/syntax.ts';
import type { Raised, Registered } from '../../reader.ts';
import { enter } from '../../trace/closures.ts';
import { isBroughtAbout, isRaised } from '../../trace/errors.ts';
import type { Exit, Machine } from '../../trace/machine.ts';
import { object, overChoice } from '../../trace/terms.ts';
import { type ClosureValue, literal, native, stringOf, type Value } from '../../trace/values.ts';
import { asTrpcError } from './errors.ts';

/**
 * What a middleware makes of an error behind it: `next()` never rejects, it gives `{ ok: false, error }`,
 * and the error of the result that the middleware gives in turn goes on to the one before it.
 */
export function recover(
  machine: Machine,
  handler: Registered,
  { raised, args }: { raised: Raised; args: (next: Value) => readonly Value[] },
): readonly Exit[] {
  const { value, node, step = Number.POSITIVE_INFINITY } = raised;
  const fn = machine.standing(handler);
  const isBehind = step > machine.endpoint.chain.indexOf(handler);
  if (!isBehind || fn.kind !== 'closure' || !looksAtResult(fn)) {
    machine.throwValue(value, node);
    return [];
  }
  const error = overChoice(value, asTrpcError);
  const failure = object([
    ['ok', literal(false)],
    ['error', error],
  ]);
  const { returns } = enter(machine, fn, { args: args(native('next', () => failure)), node });
  for (const exit of returns) {
    Object.assign(machine.path, { facts: exit.facts, dead: false, answered: false });
    const given = errorIn(machine.settle(exit.value, exit.node)) ?? error;
    machine.throwValue(given === error || isTheSame(value, given) ? value : given, node);
  }
  return [];
}

/** Whether a middleware reads `ok` or `error` of what `next()` gives. */
function looksAtResult({ node }: ClosureValue): boolean {
  let found = false;
  const visit = (each: ts.Node): void => {
    if (ts.isPropertyAccessExpression(each))
      found ||= RESULT.test(each.name.text) && !isCalled(each);
    if (ts.isBindingElement(each))
      found ||= RESULT.test((each.propertyName ?? each.name).getText());
    if (!found) ts.forEachChild(each, visit);
  };
  if (node.body) visit(node.body);
  return found;
}

function isCalled(node: ts.Node): boolean {
  return ts.isCallExpression(node.parent) && node.parent.expression === node;
}

const RESULT = /^(ok|error)$/;

function errorIn(result: Value): Value | undefined {
  return result.kind === 'object' ? result.fields.value.get('error') : undefined;
}

/** An error of a third party that stays an internal one says no more than it did. */
function isTheSame(before: Value, after: Value): boolean {
  if (!isRaised(before) || isBroughtAbout(before) || after.kind !== 'instance') return false;
  const code = after.fields.value.get('code');
  return code !== undefined && stringOf(code) === 'INTERNAL_SERVER_ERROR';
}
