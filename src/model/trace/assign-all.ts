import { ts } from '../../kernel/syntax.ts';
import { assignedTo, assignRow } from './assigned.ts';
import { parentOf } from './classes.ts';
import { spreadFields, spreadOver } from './composites.ts';
import { atom } from './formula.ts';
import { isPart } from './laid-over.ts';
import type { Machine } from './machine.ts';
import { set } from './path.ts';
import { placeAt } from './source.ts';
import { isStatic } from './static-members.ts';
import { choose } from './terms.ts';
import type { Fields, InstanceValue, Special, Value } from './values.ts';

/** `Object.assign(target, …parts)` on something that was read or made: in place. */
export function assignAll(
  machine: Machine,
  target: Value,
  { parts, node }: { parts: readonly Value[]; node: ts.Node },
): Value {
  for (const part of parts) {
    const before = fieldsBefore(machine, target);
    if (!before) return target;
    if (target.kind === 'instance' && isPart(part) && before.size === 0) copies.set(target, part);
    const { fields } = spreadOver(before, part, node);
    const rest = target.kind === 'instance' ? declaredIn(machine, target, { part, node }) : [];
    for (const [name, value] of [...rest, ...fields]) {
      if (before.get(name) === value) continue;
      if (target.kind === 'row') assignRow(machine, target, [name, value]);
      else if (target.kind === 'object' || target.kind === 'instance')
        set(machine, target.fields, new Map([...target.fields.value, [name, value]]));
    }
  }
  return target;
}

/** `Object.assign(client, { … })`: what a package made, with members that the app puts over its own. */
export function laidUpon(machine: Machine, target: Special, parts: readonly Value[]): Special {
  const given = new Map(parts.flatMap((part) => [...spreadFields(part).fields]));
  const { set: keep } = target;
  if (keep) {
    for (const [name, value] of given) keep(name, value);
    return target;
  }
  return {
    ...target,
    get: (name, node) => given.get(name) ?? target.get?.(name, node),
    invoke: (method, args, node) => {
      const own = given.get(method);
      return own ? machine.call(own, args, node) : target.invoke?.(method, args, node);
    },
  };
}

const copies = new WeakMap<InstanceValue, Value>();

/** The part of the request that an object with nothing of its own was filled from: `Object.assign(new Dto(), req.body)`. */
export function copiedFrom(value: Value): Value | undefined {
  return value.kind === 'instance' ? copies.get(value) : undefined;
}

/**
 * The fields that a class declares, as a part of a request has them that no schema describes: `Object.assign(new Boat(),
 * req.body)`. What stood there before stays where the request leaves it out.
 */
function declaredIn(
  machine: Machine,
  target: InstanceValue,
  { part, node }: { part: Value; node: ts.Node },
): [string, Value][] {
  if (part.kind !== 'term' || part.term.kind !== 'input') return [];
  const known = spreadFields(part).fields;
  const { from, path } = part.term;
  return declaredNames(machine, target)
    .filter((name) => !known.has(name))
    .map((name) => {
      const value = machine.get(part, name, node);
      const old = target.fields.value.get(name);
      const place = { at: placeAt(node), from, path: [...path, name] };
      const given = atom({ kind: 'input', is: 'present', ...place });
      return [name, old ? choose(given, value, old) : value];
    });
}

function declaredNames(machine: Machine, { of }: InstanceValue): string[] {
  const names: string[] = [];
  let at: Value | undefined = of ?? undefined;
  for (let hops = 0; at?.kind === 'class' && hops < 12; hops++) {
    const own = at.node.members.filter(ts.isPropertyDeclaration);
    for (const member of own)
      if (ts.isIdentifier(member.name) && !isStatic(member)) names.push(member.name.text);
    at = parentOf(machine, at);
  }
  return names;
}

function fieldsBefore(machine: Machine, target: Value): Fields | undefined {
  if (target.kind === 'object' || target.kind === 'instance') return target.fields.value;
  if (target.kind !== 'row') return undefined;
  return new Map([...spreadFields(target).fields, ...assignedTo(machine, target)]);
}
