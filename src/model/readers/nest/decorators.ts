import { ts } from '../../../kernel/syntax.ts';
import { baseOf } from '../../static/property.ts';
import type { ClassValue, Machine, Value } from '../../static/value.ts';
import { type Named, nestOf } from './collect.ts';

/** A decorator as it applies: those composed by `applyDecorators` or a function of the repo one by one. */
export interface Decorator {
  readonly name: string;
  readonly args: readonly Value[];
  readonly expression: ts.Expression;
}

/** The decorators of Nest's packages on a class, method or parameter, in the order they are written. */
export function decoratorsOf(machine: Machine, node: ts.HasDecorators): Decorator[] {
  return (ts.getDecorators(node) ?? []).flatMap(({ expression }) =>
    flatten(machine.evaluate(expression, null), expression),
  );
}

function flatten(value: Value, expression: ts.Expression): Decorator[] {
  const made = nestOf(value);
  if (!made) return [];
  if (made.name === 'applyDecorators')
    return made.args.flatMap((each) => flatten(each, expression));
  return [{ name: made.name, args: made.args, expression: placeOf(made, expression) }];
}

/** A decorator of a package stands where it is called, also inside a function that composes several. */
function placeOf(made: Named, expression: ts.Expression): ts.Expression {
  return ts.isTaggedTemplateExpression(made.call) ? expression : made.call;
}

/** A class and those of the repo it extends, nearest first. */
export function lineageOf(machine: Machine, start: ClassValue): ClassValue[] {
  const line: ClassValue[] = [];
  let at: Value | ClassValue | undefined = start;
  while (at?.kind === 'class' && line.length < 12) {
    line.push(at);
    at = baseOf(machine, at);
  }
  return line;
}

/** The first decorator of a name; of a class the nearest that has one. */
export function first(decorators: readonly Decorator[], name: string): Decorator | undefined {
  return decorators.find((each) => each.name === name);
}
