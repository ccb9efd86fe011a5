import { ts } from '../../kernel/syntax.ts';
import { apart } from './apart.ts';
import { CLIENT, isStatic, parentOf } from './classes.ts';
import { callClosure } from './closures.ts';
import { propertyName, scopeWithin } from './environment.ts';
import type { Machine } from './machine.ts';
import { textOf } from './source.ts';
import { type ClassValue, type InstanceValue, type Scope, unknown, type Value } from './values.ts';

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
  if (ts.isPropertyDeclaration(member) && member.initializer && self.kind === 'class') {
    return staticValue(machine, member.initializer, scope);
  }
  return undefined;
}

/** What a class holds is worked out once, when its module runs. */
function staticValue(machine: Machine, initializer: ts.Expression, scope: Scope): Value {
  if (scope.bound) return machine.evaluate(initializer, scope);
  const before = machine.modules.get(initializer);
  if (before) return before;
  machine.modules.set(initializer, unknown(textOf(initializer, 40)));
  const value = apart(machine, () => machine.evaluate(initializer, scope));
  machine.modules.set(initializer, value);
  return value;
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
  const client = self.fields.value.get(CLIENT);
  return own || (client && machine.get(client, name, node));
}
