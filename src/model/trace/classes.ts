import { ts } from '../../kernel/syntax.ts';
import { noteMade } from './as-made.ts';
import { callClosure } from './closures.ts';
import { bindParameters, define, propertyName, scopeWithin } from './environment.ts';
import { injectedProperty, typedValue } from './injected.ts';
import { libraryCall, libraryType } from './libraries.ts';
import type { Machine } from './machine.ts';
import { set } from './path.ts';
import { isStatic } from './static-members.ts';
import { fieldsCell } from './terms.ts';
import {
  type ClassValue,
  type InstanceValue,
  literal,
  native,
  type Scope,
  type Special,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

/** `new Type(…)` for a class of the repo or a built-in error. */
export function construct(
  machine: Machine,
  type: ClassValue,
  { args, node }: { args: readonly Value[]; node: ts.Node },
): Value {
  const made: InstanceValue = {
    kind: 'instance',
    of: type,
    ancestry: ancestryOf(machine, type),
    fields: fieldsCell(new Map()),
  };
  initialise(machine, type, { made, args, node });
  noteMade(machine, made.fields);
  return made;
}

/** An error (or other object) whose class is not part of the repo. */
export function builtIn(
  ancestry: readonly string[],
  fields: Iterable<readonly [string, Value]>,
): InstanceValue {
  return { kind: 'instance', of: null, ancestry, fields: fieldsCell(new Map(fields)) };
}

/** What a class extends. */
export function parentOf(machine: Machine, type: ClassValue): Value | undefined {
  const clause = type.node.heritageClauses?.find(
    (each) => each.token === ts.SyntaxKind.ExtendsKeyword,
  );
  const [parent] = clause?.types ?? [];
  return parent && machine.evaluate(parent.expression, type.scope);
}

/** What a class extends in the end that is no class of the repo. */
export function rootOf(machine: Machine, type: ClassValue): Value | undefined {
  let at: Value | undefined = type;
  for (let depth = 0; at?.kind === 'class' && depth < 12; depth += 1) at = parentOf(machine, at);
  return at;
}

/** The same where it is an object that stands for a class. */
export function baseOf(machine: Machine, type: ClassValue): Special | undefined {
  const root = rootOf(machine, type);
  return root?.kind === 'special' ? root : undefined;
}

/** The names of a class and of all that it extends. */
export function ancestryOf(machine: Machine, type: ClassValue): string[] {
  const names: string[] = [];
  let at: Value | undefined = type;
  while (at?.kind === 'class' && names.length < 12) {
    names.push(at.node.name?.text ?? 'anonymous');
    at = parentOf(machine, at);
  }
  if (at?.kind === 'package') names.push(...packageAncestry(machine, at, type.node));
  if (at?.kind === 'special')
    names.push(...new Set([at.name, ...(/Error$/.test(at.name) ? ['Error'] : [])]));
  return names;
}

/** An error class of a package may itself extend others of it. */
function packageAncestry(
  machine: Machine,
  type: Value & { kind: 'package' },
  node: ts.Node,
): readonly string[] {
  const name = type.name.split('.').at(-1) ?? type.name;
  const isError = /(Error|Exception)$/.test(name);
  const own = isError ? libraryCall(machine, type, { args: [], node, made: true }) : undefined;
  return own?.kind === 'instance' ? own.ancestry : [name, 'Error'];
}

interface Making {
  readonly made: InstanceValue;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

/** Runs one class's part of making an instance: its fields, then its constructor (or its parent's). */
function initialise(machine: Machine, type: ClassValue, { made, args, node }: Making): void {
  const maker = type.node.members.find(
    (member): member is ts.ConstructorDeclaration =>
      ts.isConstructorDeclaration(member) && !!member.body,
  );
  if (!maker) {
    initialiseParent(machine, type, { made, args, node });
    ownFields(machine, type, made);
    return;
  }
  const hasParent = parentOf(machine, type) !== undefined;
  if (!hasParent) ownFields(machine, type, made);
  const scope = scopeWithin(type.scope, { self: made, home: type });
  define(scope, '#super', superCall(machine, type, made));
  define(scope, '#parameters', UNDEFINED);
  const closure: Value = { kind: 'closure', node: maker, scope };
  if (!hasParent) parameterFields(machine, { maker, scope, made }, args);
  else
    define(
      scope,
      '#parameters',
      native('parameters', () => {
        parameterFields(machine, { maker, scope, made }, args);
        return UNDEFINED;
      }),
    );
  callClosure(machine, closure, { args, node, self: made });
}

/** `super(…)` inside a constructor: the parent's part, then the own fields. */
function superCall(machine: Machine, type: ClassValue, made: InstanceValue): Value {
  return native('super', (args, node) => {
    initialiseParent(machine, type, { made, args, node });
    ownFields(machine, type, made);
    return UNDEFINED;
  });
}

function initialiseParent(machine: Machine, type: ClassValue, making: Making): void {
  const parent = parentOf(machine, type);
  if (parent?.kind === 'class') initialise(machine, parent, making);
  else if (parent) packageFields(machine, { type, parent }, making);
}

function typeArgumentsOf(type: ClassValue): readonly ts.TypeNode[] {
  return type.node.heritageClauses?.[0]?.types[0]?.typeArguments ?? [];
}

/** The client an instance's class extends. */
export const CLIENT = '#client';

/**
 * What `Error` and the classes of packages keep of their arguments. `class Db extends PrismaClient`: what the
 * class has no member for, its client answers.
 */
function packageFields(
  machine: Machine,
  { type, parent }: { type: ClassValue; parent: Value },
  { made, args, node }: Making,
): void {
  const own = madeByPackage(machine, { type, parent }, { args, node });
  if (own && own.kind !== 'instance') {
    set(machine, made.fields, new Map([...made.fields.value, [CLIENT, own]]));
    return;
  }
  const fields = own ? [...own.fields.value] : plainFields(parent, args);
  set(machine, made.fields, new Map([...fields, ...made.fields.value]));
}

/** What a package's class makes, named outright or made by a call (`class Own extends AuthGuard('jwt')`). */
function madeByPackage(
  machine: Machine,
  { type, parent }: { type: ClassValue; parent: Value },
  { args, node }: Pick<Making, 'args' | 'node'>,
): Value | undefined {
  if (parent.kind === 'special' && parent.invoke) return parent.call?.(args, node) ?? parent;
  if (parent.kind !== 'package') return undefined;
  return (
    libraryType(machine, parent, typeArgumentsOf(type)) ??
    libraryCall(machine, parent, { args, node, made: true, type })
  );
}

function plainFields(parent: Value, [first, second]: readonly Value[]): [string, Value][] {
  const name = parent.kind === 'special' ? literal(parent.name) : unknown('name');
  const cause = second?.kind === 'object' ? second.fields.value.get('cause') : undefined;
  return [
    ['message', first ?? UNDEFINED],
    ['name', name],
    ...(second?.kind === 'object' ? [['cause', cause ?? UNDEFINED] as [string, Value]] : []),
  ];
}

function ownFields(machine: Machine, type: ClassValue, made: InstanceValue): void {
  const scope = scopeWithin(type.scope, { self: made, home: type });
  for (const member of type.node.members) {
    if (!ts.isPropertyDeclaration(member) || isStatic(member)) continue;
    const value = member.initializer
      ? machine.evaluate(member.initializer, scope)
      : injectedProperty(machine, member);
    if (!value) continue;
    const name = propertyName(machine, member.name, scope);
    set(machine, made.fields, new Map([...made.fields.value, [name, value]]));
  }
}

/** `constructor(private readonly repo: Repo)`. */
function parameterFields(
  machine: Machine,
  { maker, scope, made }: { maker: ts.ConstructorDeclaration; scope: Scope; made: InstanceValue },
  args: readonly Value[],
): void {
  const inner = scopeWithin(scope);
  bindParameters(machine, { node: maker, scope: inner }, args);
  const fields = new Map(made.fields.value);
  for (const parameter of maker.parameters) {
    if (!ts.isParameterPropertyDeclaration(parameter, maker)) continue;
    if (!ts.isIdentifier(parameter.name)) continue;
    const value = inner.names.get(parameter.name.text)?.value ?? UNDEFINED;
    fields.set(parameter.name.text, injected(machine, parameter, value));
  }
  set(machine, made.fields, fields);
}

/** A class-typed parameter nobody passed is what a container would make for it. */
function injected(machine: Machine, parameter: ts.ParameterDeclaration, value: Value): Value {
  if (value.kind !== 'undefined' && value.kind !== 'unknown') return value;
  return typedValue(machine, parameter.type) ?? unknown(parameter.name.getText());
}
