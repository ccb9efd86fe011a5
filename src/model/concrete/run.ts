import { parametersOf, ts } from '../../kernel/syntax.ts';
import type { Program } from '../../repo/repo.ts';
import { evaluate } from './expression.ts';
import { define, inner, type Machine, type Scope, Unread } from './machine.ts';
import { runAll } from './statement.ts';

/** Enough for a checksum over a text of any sensible length. */
const STEPS = 20_000;
const DEPTH = 40;

/**
 * What a pure function of the repo gives for these arguments, worked out by reading its code step by
 * step: texts, numbers, truths, lists and patterns alone. Undefined where it does anything else or takes
 * too long; nothing of the repo is run.
 */
export function runConcretely(
  program: Program,
  node: ts.FunctionLikeDeclaration,
  args: readonly unknown[],
): { readonly value: unknown } | undefined {
  let left = STEPS;
  let depth = 0;
  const machine: Machine = {
    program,
    step: () => {
      left -= 1;
      if (left < 0) throw new Unread();
    },
    closure: (of, scope) => {
      return (...given: readonly unknown[]) => {
        depth += 1;
        if (depth > DEPTH) throw new Unread();
        const value = called(machine, of, { scope, given });
        depth -= 1;
        return value;
      };
    },
  };
  try {
    return { value: machine.closure(node, inner(null))(...args) };
  } catch (error) {
    if (error instanceof Unread || error instanceof RangeError || error instanceof TypeError) {
      return undefined;
    }
    throw error;
  }
}

function called(
  machine: Machine,
  node: ts.FunctionLikeDeclaration,
  { scope, given }: { scope: Scope; given: readonly unknown[] },
): unknown {
  machine.step();
  const { body } = node;
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  const async = modifiers.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  if (!body || async || node.asteriskToken) throw new Unread();
  const own = inner(scope);
  parametersOf(node).forEach((parameter, index) => {
    if (!ts.isIdentifier(parameter.name) || parameter.dotDotDotToken) throw new Unread();
    const missing = given[index] === undefined && parameter.initializer;
    define(own, parameter.name.text, missing ? evaluate(machine, missing, own) : given[index]);
  });
  if (!ts.isBlock(body)) return evaluate(machine, body, own);
  const end = runAll(machine, body.statements, own);
  return end.kind === 'return' ? end.value : undefined;
}
