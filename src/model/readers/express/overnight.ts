import { ts } from '../../../kernel/syntax.ts';
import type { Registered } from '../../reader.ts';
import { propertyOf } from '../../static/property.ts';
import { registered } from '../../static/registered.ts';
import type { Call, Machine, Native, PackageValue, Value } from '../../static/value.ts';
import { native, nativeOf, plainText } from '../../static/value.ts';
import type { Machine as Trace } from '../../trace/machine.ts';
import type { Value as Traced } from '../../trace/values.ts';
import { hear } from './awaited.ts';
import { type Role, roleOf } from './role.ts';
import { createRouter, type Layer } from './tree.ts';

/** A decorator of OvernightJS, as written. */
interface Decorator extends Native {
  readonly type: 'overnight';
  readonly name: string;
  readonly args: readonly Value[];
  readonly node: Call['node'];
}

export const OVERNIGHT = '@overnightjs/core';
const VERBS = /^(Get|Post|Put|Patch|Delete|Options|Head|All)$/;

/** `Get('path')`, `Middleware([…])`, `Controller('path')`, …; undefined for what is no decorator of OvernightJS. */
export function decoratorOf({ package: from, path }: PackageValue, call: Call): Value | undefined {
  const name = path.at(-1);
  if (from !== OVERNIGHT || name === undefined || call.isNew) return undefined;
  const made: Decorator = { type: 'overnight', name, args: call.args, node: call.node };
  return native(made);
}

/** `addControllers(…)`: what each of them mounts, in order. */
export function controllersIn(
  machine: Machine,
  given: Value | undefined,
): (Layer & { kind: 'mount' })[] {
  return itemsOf(given).flatMap((each) => mountOf(machine, each) ?? []);
}

function mountOf(machine: Machine, controller: Value): (Layer & { kind: 'mount' }) | undefined {
  if (controller.kind !== 'object' || !controller.of) return undefined;
  const type = controller.of.node;
  const own = decoratorsOf(machine, type);
  const path = own.find(({ name }) => name === 'Controller')?.args[0];
  const base = plainText(path);
  if (base === undefined) return undefined;
  const router = createRouter(type, false);
  router.mounted.yes = true;
  const uses = (name: string) =>
    middlewareIn(own, name).map((each): Layer => ({ ...each, ...USED, node: type }));
  router.layers.push(...uses('ClassMiddleware'));
  for (const member of type.members) {
    router.layers.push(...routesOf(machine, { controller, member }));
  }
  for (const { args } of own.filter(({ name }) => name === 'ChildControllers'))
    router.layers.push(...controllersIn(machine, args[0]));
  router.layers.push(...uses('ClassErrorMiddleware'));
  return { kind: 'mount', path: `/${base}`, router };
}

const USED = { kind: 'use', method: 'ALL', path: '', group: {}, last: true } as const;

interface Member {
  readonly controller: Value;
  readonly member: ts.ClassElement;
}

/** The routes of a method, or of a property that holds a function. */
function routesOf(machine: Machine, { controller, member }: Member): Layer[] {
  const of = registered(controller);
  const { name } = member;
  if (!of || !name || !ts.isIdentifier(name)) return [];
  const own = decoratorsOf(machine, member);
  const role = roleOf(propertyOf(machine, controller, name.text));
  const around = [...own, ...decoratorsOf(machine, member.parent)];
  const isWrapped = around.some((each) => /^(Class)?Wrapper$/.test(each.name));
  const before = middlewareIn(own, 'Middleware');
  const behind = middlewareIn(own, 'ErrorMiddleware');
  // The lowest decorator is applied first.
  const verbs = own.filter((each) => VERBS.test(each.name)).reverse();
  return verbs.flatMap((verb): Layer[] => {
    const [given] = verb.args;
    const path = given === undefined ? '' : plainText(given);
    if (path === undefined) return [];
    const route = {
      kind: 'route',
      method: verb.name.toUpperCase(),
      path: given === undefined ? '' : `/${path}`,
      group: {},
      node: verb.node,
    } as const;
    const file = name.getSourceFile().fileName;
    const run = methodOf({ file, expression: name }, { of, name: name.text });
    if (isWrapped) hear(run);
    return [
      ...before.map((each) => ({ ...route, ...each, last: false })),
      { ...route, run, role, last: true },
      ...behind.map((each) => ({ ...route, ...each, last: false })),
    ];
  });
}

function middlewareIn(own: readonly Decorator[], name: string): { run: Registered; role: Role }[] {
  const given = own.filter((each) => each.name === name).flatMap(({ args }) => itemsOf(args[0]));
  return given.flatMap((value) => {
    const run = registered(value);
    return run ? [{ run, role: roleOf(value) }] : [];
  });
}

function itemsOf(value: Value | undefined): readonly Value[] {
  return value?.kind === 'list' ? value.items : value ? [value] : [];
}

function decoratorsOf(machine: Machine, node: ts.Node): Decorator[] {
  const written = ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : [];
  return written.flatMap(({ expression }) => {
    const made = nativeOf(machine.evaluate(expression, null));
    return made?.type === 'overnight' ? [made as Decorator] : [];
  });
}

interface Method {
  /** What makes the controller. */
  readonly of: Registered;
  readonly name: string;
}

const methods = new WeakMap<Registered, Method>();

function methodOf(run: Registered, method: Method): Registered {
  methods.set(run, method);
  return run;
}

/** The method of a controller that a step runs, on the controller; undefined for any other step. */
export function controllerMethod(machine: Trace, step: Registered): Traced | undefined {
  const method = methods.get(step);
  if (!method) return undefined;
  const self = machine.standing(method.of);
  const found = machine.get(self, method.name, step.expression);
  return found.kind === 'closure' ? { ...found, bound: { self, args: [] } } : found;
}
