import { ts } from '../../kernel/syntax.ts';
import { bindParameters, lookInto } from './invoke.ts';
import { baseOf } from './property.ts';
import type { Call, ClassValue, Frame, Machine, Origin, Value } from './value.ts';
import { nativeOf, object, UNKNOWN } from './value.ts';

/** A new object of a class: properties, then the constructor, base classes first as in the language. */
export function instantiate(machine: Machine, value: ClassValue, call: Call): Value {
  const isWritten = ts.isNewExpression(call.node) && call.node.parent;
  const made = isWritten ? { made: { at: originOf(call.node as ts.NewExpression) } } : {};
  const self = { ...object(), of: value, ...made };
  construct(machine, value, { self, call });
  return self;
}

function originOf(expression: ts.NewExpression): Origin {
  return { expression, frame: null };
}

function construct(
  machine: Machine,
  { node, frame }: ClassValue,
  { self, call }: { self: Value & { kind: 'object' }; call: Call },
): void {
  const inside: Frame = { values: new Map(), parent: frame, self };
  const made = node.members.find(
    (member): member is ts.ConstructorDeclaration =>
      ts.isConstructorDeclaration(member) && member.body !== undefined,
  );
  if (made) bindParameters(machine, made, { args: call.args, frame: inside });
  const base = baseOf(machine, { kind: 'class', node, frame });
  const explicit = made && base;
  if (base && !explicit) constructBase(machine, base, { self, call });
  const initialise = () => {
    for (const parameter of made?.parameters ?? []) keepParameter(parameter, inside, self);
    for (const member of node.members) initialiseMember(machine, member, inside);
  };
  if (!explicit) initialise();
  if (made) lookInto(machine, made);
  for (const statement of made?.body?.statements ?? []) {
    machine.execute(statement, inside);
    if (explicit && isSuper(statement)) initialise();
  }
}

function isSuper(statement: ts.Statement): boolean {
  return (
    ts.isExpressionStatement(statement) &&
    ts.isCallExpression(statement.expression) &&
    statement.expression.expression.kind === ts.SyntaxKind.SuperKeyword
  );
}

/** `super(…)`: the base class does its part on the same object. */
export function superCall(machine: Machine, call: Call, frame: Frame | null): Value {
  const self = frame?.self;
  let owner: ts.Node = call.node;
  while (owner.parent && !ts.isClassLike(owner)) owner = owner.parent;
  if (self?.kind !== 'object' || !ts.isClassLike(owner)) return UNKNOWN;
  const base = baseOf(machine, { kind: 'class', node: owner, frame: frame?.parent ?? null });
  if (base) constructBase(machine, base, { self, call });
  return UNKNOWN;
}

function constructBase(
  machine: Machine,
  base: Value,
  { self, call }: { self: Value & { kind: 'object' }; call: Call },
): void {
  if (base.kind === 'class') construct(machine, base, { self, call });
  else self.native.value = nativeOf(machine.apply(base, { ...call, isNew: true })) ?? null;
}

/** `constructor(private readonly app: Hono)` declares a property. */
function keepParameter(
  parameter: ts.ParameterDeclaration,
  frame: Frame,
  self: Value & { kind: 'object' },
): void {
  if (!ts.getModifiers(parameter)?.length || !ts.isIdentifier(parameter.name)) return;
  self.entries.set(parameter.name.text, frame.values.get(parameter) ?? UNKNOWN);
}

function initialiseMember(machine: Machine, member: ts.ClassElement, frame: Frame): void {
  if (!ts.isPropertyDeclaration(member) || !member.initializer) return;
  const isStatic = ts
    .getModifiers(member)
    ?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
  const named = ts.isIdentifier(member.name) || ts.isPrivateIdentifier(member.name);
  if (isStatic || !named || frame.self?.kind !== 'object') return;
  frame.self.entries.set(member.name.text, machine.evaluate(member.initializer, frame));
}
