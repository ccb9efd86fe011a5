import { ts } from '../../../kernel/syntax.ts';
import type { Registered } from '../../reader.ts';
import { spreadItems } from '../../trace/composites.ts';
import { all, type Formula, some } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { compareValues } from '../../trace/truth.ts';
import { stringOf, UNDEFINED, type Value } from '../../trace/values.ts';
import { methodOf } from '../request-parts.ts';
import { requestOf } from './request.ts';

/** A middleware, and for which requests it does not run. */
interface Excepted {
  readonly middleware: Registered;
  readonly skipped: Formula;
}

/** `middleware.unless({ path, method, custom })`, as express-unless and express-jwt have it (jfromaniello/express-unless, `index.ts`). */
export function excepted(machine: Machine, registered: Registered): Excepted | undefined {
  const { expression } = registered;
  if (!ts.isCallExpression(expression)) return undefined;
  const { expression: callee, arguments: given } = expression;
  const [first] = given;
  if (!first || !ts.isPropertyAccessExpression(callee) || callee.name.text !== 'unless')
    return undefined;
  const options = machine.standing({ ...registered, expression: first });
  const option = (name: string) => listOf(machine.get(options, name, first));
  const custom = machine.get(options, 'custom', first);
  const asked =
    custom.kind === 'closure' ? machine.call(custom, [requestOf(machine, 0)], first) : null;
  const skipped = some([
    ...option('path').map((each) => isPath(machine, each, first)),
    ...['method', 'methods'].flatMap(option).map((each) => isMethod(machine, each, first)),
    ...(asked ? [machine.truth(machine.settle(asked, first), first)] : []),
  ]);
  return { middleware: { ...registered, expression: callee.expression }, skipped };
}

function listOf(value: Value): readonly Value[] {
  if (value.kind === 'undefined') return [];
  return value.kind === 'array' ? spreadItems(value).map((item) => item.value) : [value];
}

/** A text, a pattern, or `{ url, method }`. */
function isPath(machine: Machine, asked: Value, node: ts.Node): Formula {
  const path = machine.get(requestOf(machine, 0), 'path', node);
  if (stringOf(asked) !== undefined)
    return compareValues({ left: path, op: '=', right: asked }, node);
  if (asked.kind !== 'object')
    return machine.truth(machine.invoke(asked, { name: 'test', args: [path] }, node), node);
  const part = (name: string) => asked.fields.value.get(name) ?? UNDEFINED;
  const methods = ['method', 'methods'].flatMap((name) => listOf(part(name)));
  const isAsked = some(methods.map((each) => isMethod(machine, each, node)));
  return all([isPath(machine, part('url'), node), ...(methods.length > 0 ? [isAsked] : [])]);
}

function isMethod(machine: Machine, asked: Value, node: ts.Node): Formula {
  return compareValues({ left: methodOf(machine), op: '=', right: asked }, node);
}
