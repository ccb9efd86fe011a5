import { parametersOf, ts } from '../../kernel/syntax.ts';
import { declareIn } from './scope.ts';
import { runAll } from './statement.ts';
import type { Frame, FunctionValue, Machine, Value } from './value.ts';
import { list, literal, UNKNOWN } from './value.ts';

/** How deep a function may call itself: on a way that is sure to be taken, and on one that may not be. */
const AGAIN = { sure: 12, unsure: 2 };

/** Runs a function's body with these arguments and gives what it returns; recursion ends as unknown. */
export function invoke(machine: Machine, callee: FunctionValue, args: readonly Value[]): Value {
  const { node } = callee;
  const { running } = machine;
  const again = running.filter((one) => one.node === node);
  const isSure = again.every(({ under }) => under === machine.under.length);
  const deep = again.length > (isSure ? AGAIN.sure : AGAIN.unsure);
  if (!('body' in node) || !node.body || deep || running.length > 60) return UNKNOWN;
  lookInto(machine, node);
  running.push({ node, under: machine.under.length });
  try {
    const self = ts.isArrowFunction(node) ? (callee.frame?.self ?? null) : callee.self;
    const frame: Frame = { values: new Map(), parent: callee.frame, self };
    bindParameters(machine, node, { args, frame });
    if (!ts.isBlock(node.body)) return machine.evaluate(node.body, frame);
    return runAll(machine, node.body.statements, frame).returns ?? literal(undefined);
  } finally {
    running.pop();
  }
}

/** Says that a function's body has a part in what is found. */
export function lookInto({ program }: Machine, body: ts.Node): void {
  program.source(body.getSourceFile().fileName);
}

/** Gives parameters their values in a new call's frame. */
export function bindParameters(
  machine: Machine,
  node: ts.SignatureDeclaration,
  { args, frame }: { args: readonly Value[]; frame: Frame },
): void {
  parametersOf(node).forEach((parameter, index) => {
    const given = args[index];
    const value = parameter.dotDotDotToken
      ? list(args.slice(index))
      : given && !(given.kind === 'literal' && given.value === undefined)
        ? given
        : parameter.initializer
          ? machine.evaluate(parameter.initializer, frame)
          : (given ?? literal(undefined));
    declareIn(machine, parameter.name, { value, frame });
  });
}
