import { ts } from '../../../kernel/syntax.ts';
import { unwrapped } from '../../static/expression.ts';
import type { ClassValue, Machine, Value } from '../../static/value.ts';
import { entryOf, textOf } from '../../static/value.ts';
import { nestOf } from './collect.ts';
import { decoratorsOf, first } from './decorators.ts';

/** A module of the app with what all places that import it give it. */
export interface Module {
  readonly type: ClassValue;
  readonly providers: Value[];
  readonly controllers: ClassValue[];
  /** From `RouterModule`. */
  prefix: string;
}

/** The modules reached from a root, each before those it imports. */
export function modulesFrom(machine: Machine, root: Value): Module[] {
  const found = new Map<ts.Node, Module>();
  const prefixes = new Map<ts.Node, string>();
  visit(machine, root, { found, prefixes });
  for (const [node, prefix] of prefixes) {
    const module = found.get(node);
    if (module) module.prefix = prefix;
  }
  return [...found.values()];
}

interface Walk {
  readonly found: Map<ts.Node, Module>;
  readonly prefixes: Map<ts.Node, string>;
}

function visit(machine: Machine, value: Value, walk: Walk): void {
  if (value.kind === 'either') {
    for (const each of value.of) visit(machine, each, walk);
  } else if (value.kind === 'class') visitClass(machine, value, walk);
  else if (value.kind === 'object') visitDynamic(machine, value, walk);
  else if (value.kind === 'unknown') {
    const owner = ownerOf(machine, value);
    if (owner) visitClass(machine, owner, walk);
  } else visitNamed(machine, value, walk);
}

function visitNamed(machine: Machine, value: Value, walk: Walk): void {
  const made = nestOf(value);
  const [arg] = made?.args ?? [];
  if (made?.name === 'forwardRef' && arg?.kind === 'function')
    visit(machine, machine.invoke(arg, []), walk);
  if (made?.name === 'ConditionalModule.registerWhen' && arg) visit(machine, arg, walk);
  if (made?.name === 'RouterModule.register' || made?.name === 'RouterModule.forRoutes')
    routed(arg, '', walk);
}

function visitClass(machine: Machine, value: ClassValue, walk: Walk): void {
  if (walk.found.has(value.node)) return;
  const module: Module = { type: value, providers: [], controllers: [], prefix: '' };
  walk.found.set(value.node, module);
  const declared = first(decoratorsOf(machine, value.node as ts.ClassDeclaration), 'Module');
  if (declared?.args[0]) take(machine, module, { from: declared.args[0], walk });
}

/** `{ module: Mail, providers: […] }`, as static methods of modules return. */
function visitDynamic(machine: Machine, value: Value, walk: Walk): void {
  const type = entryOf(value, 'module');
  if (type?.kind !== 'class') return;
  visitClass(machine, type, walk);
  const module = walk.found.get(type.node);
  if (module) take(machine, module, { from: value, walk });
}

function take(machine: Machine, module: Module, { from, walk }: { from: Value; walk: Walk }): void {
  module.providers.push(...listOf(entryOf(from, 'providers')));
  for (const each of listOf(entryOf(from, 'controllers')))
    if (each.kind === 'class' && !module.controllers.some(({ node }) => node === each.node))
      module.controllers.push(each);
  for (const each of listOf(entryOf(from, 'imports'))) visit(machine, each, walk);
}

/** The elements of a list, those that are there only sometimes included. */
export function listOf(value: Value | undefined): Value[] {
  if (value?.kind === 'list')
    return value.items.flatMap((each) => (each.kind === 'list' ? listOf(each) : [each]));
  return value?.kind === 'either' ? value.of.flatMap(listOf) : [];
}

/** `Mail.forRoot(…)` where nothing shows what it returns: at least the module itself. */
function ownerOf(machine: Machine, value: Value): ClassValue | undefined {
  const written = value.origin && unwrapped(value.origin.expression);
  if (!written || !ts.isCallExpression(written)) return undefined;
  const { expression } = written;
  if (!ts.isPropertyAccessExpression(expression)) return undefined;
  const owner = machine.evaluate(expression.expression, value.origin.frame);
  return owner.kind === 'class' ? owner : undefined;
}

/** `[{ path: 'admin', module: Admin, children: […] }]`. */
function routed(value: Value | undefined, before: string, walk: Walk): void {
  for (const each of listOf(value)) {
    if (each.kind === 'class') walk.prefixes.set(each.node, before);
    const path = textOf(entryOf(each, 'path'));
    if (path === undefined) continue;
    const whole = `${before}/${path}`;
    const type = entryOf(each, 'module');
    if (type?.kind === 'class') walk.prefixes.set(type.node, whole);
    routed(entryOf(each, 'children'), whole, walk);
  }
}
