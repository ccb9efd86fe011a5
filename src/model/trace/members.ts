import { ts } from '../../kernel/syntax.ts';
import { apart } from './apart.ts';
import { isNothing } from './assigned-later.ts';
import { CLIENT, parentOf, rootOf } from './classes.ts';
import { callClosure } from './closures.ts';
import { laidOnPrototype } from './decorated.ts';
import { propertyName, scopeWithin } from './environment.ts';
import { assignedByClass } from './field-assignments.ts';
import { libraryCall } from './libraries.ts';
import type { Machine } from './machine.ts';
import { thirdParty } from './outside.ts';
import { isTopLevel, remembered } from './remembered.ts';
import { textOf } from './source.ts';
import { isStatic } from './static-members.ts';
import {
  type ClassValue,
  type InstanceValue,
  literalOf,
  type Scope,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';

/** A method, accessor or static member; methods are bound to the instance they are read from. */
export function memberOf(
  machine: Machine,
  owner: InstanceValue | ClassValue,
  name: string,
): Value | undefined {
  const statics = owner.kind === 'class';
  const type = statics ? owner : owner.of;
  const found = type ? memberFor(machine, type, { name, self: owner }) : undefined;
  if (found) return found;
  if (!statics && name === 'constructor' && owner.of) return owner.of;
  return statics && name === 'name' ? classNameValue(owner) : undefined;
}

/** A class's member, its parents' included, for whatever `this` is. */
export function memberFor(
  machine: Machine,
  type: ClassValue,
  { name, self }: { name: string; self: Value },
): Value | undefined {
  let at: Value | undefined = type;
  for (let depth = 0; at?.kind === 'class' && depth < 12; depth += 1) {
    const home: ClassValue = at;
    for (const member of home.node.members) {
      if (isStatic(member) !== (self.kind === 'class') || !member.name) continue;
      if (propertyName(machine, member.name, home.scope) !== name) continue;
      const found = memberValue(machine, member, { self, home });
      if (found) return found;
    }
    const laid = self.kind === 'class' ? undefined : laidOnPrototype(machine, home, name);
    if (laid) return laid;
    at = parentOf(machine, home);
  }
  return undefined;
}

/** What `instance.name = …` runs: the setter that its class, or one that it extends, has for the name. */
export function setterOf(
  machine: Machine,
  owner: InstanceValue,
  name: string,
): (Value & { kind: 'closure' }) | undefined {
  let at: Value | undefined = owner.of ?? undefined;
  for (let depth = 0; at?.kind === 'class' && depth < 12; depth += 1) {
    const home: ClassValue = at;
    const node = home.node.members
      .filter(ts.isSetAccessorDeclaration)
      .find((each) => !isStatic(each) && propertyName(machine, each.name, home.scope) === name);
    if (node)
      return { kind: 'closure', node, scope: scopeWithin(home.scope, { self: owner, home }) };
    at = parentOf(machine, home);
  }
  return undefined;
}

function classNameValue(owner: ClassValue): Value {
  const name = owner.node.name?.text ?? '';
  return {
    kind: 'term',
    term: { kind: 'literal', value: name },
    type: { base: 'string', nullable: false, schema: null },
  };
}

function memberValue(
  machine: Machine,
  member: ts.ClassElement,
  { self, home }: { self: Value; home: ClassValue },
): Value | undefined {
  const scope = scopeWithin(home.scope, { self, home });
  if (ts.isMethodDeclaration(member) && member.body)
    return { kind: 'closure', node: member, scope };
  if (ts.isGetAccessorDeclaration(member)) {
    return callClosure(
      machine,
      { kind: 'closure', node: member, scope },
      { args: [], node: member, self },
    );
  }
  if (!ts.isPropertyDeclaration(member) || self.kind !== 'class') return undefined;
  const { initializer } = member;
  if (initializer && !isNothing(initializer)) return staticValue(machine, initializer, scope);
  return staticLater(machine, member, scope) ?? (initializer && UNDEFINED);
}

/** `static own: Pool | null = null;` and what a method puts there for all who ask. */
function staticLater(
  machine: Machine,
  { name, parent }: ts.PropertyDeclaration,
  scope: Scope,
): Value | undefined {
  if (!ts.isClassLike(parent)) return undefined;
  const later = assignedByClass(parent).itself.get(propertyName(machine, name, scope)) ?? [];
  const kept = later.filter(({ lazily }) => lazily);
  const [only, ...others] = kept.length > 0 ? kept : later;
  if (!only || others.length > 0) return only && unknown(textOf(name));
  const value = staticValue(machine, only.value, scope);
  return literalOf(value) === undefined ? value : unknown(textOf(name));
}

/** What a class holds is worked out once, when its module runs; of one that a function makes, each time that it does. */
function staticValue(machine: Machine, initializer: ts.Expression, scope: Scope): Value {
  if (scope.bound) return machine.evaluate(initializer, scope);
  const made = isTopLevel(initializer) ? undefined : scope.home?.scope;
  const known = remembered(machine, made);
  const before = known.get(initializer);
  if (before) return before;
  known.set(initializer, unknown(textOf(initializer, 40)));
  const value = apart(machine, () => machine.evaluate(initializer, scope));
  known.set(initializer, value);
  return value;
}

/** `Own.info(error)` of a class that extends one of a package, whose static method it is. */
export function inheritedCall(
  machine: Machine,
  type: ClassValue,
  { name, args, node }: { name: string; args: readonly Value[]; node: ts.Node },
): Value | undefined {
  const root = rootOf(machine, type);
  if (root?.kind !== 'package' || memberOf(machine, type, name)) return undefined;
  const member = { ...root, name: `${root.name}.${name}` };
  return libraryCall(machine, member, { args, node, made: false });
}

/** `super.method(…)`: the parent's member, bound to the same instance. */
export function superMember(
  machine: Machine,
  scope: Scope,
  { name, node }: { name: string; node: ts.Node },
): Value | undefined {
  const parent = scope.home && parentOf(machine, scope.home);
  const { self } = scope;
  if (self?.kind !== 'instance') return undefined;
  const own = parent?.kind === 'class' && memberOf(machine, { ...self, of: parent }, name);
  if (own) return own;
  const root = scope.home && rootOf(machine, scope.home);
  const given = self.fields.value.get(CLIENT) ?? (root?.kind === 'package' && thirdParty(root));
  return given ? machine.get(given, name, node) : undefined;
}
