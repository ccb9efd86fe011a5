import { ts } from '../../kernel/syntax.ts';
import type { Meaning } from '../../repo/repo.ts';
import type { ClassValue, Frame, Machine, Native, Value } from './value.ts';
import { either, literal, nativeOf, UNKNOWN } from './value.ts';

/** A property of a value: own entry, class member, module export, or what a package says of its own. */
export function propertyOf(machine: Machine, value: Value, name: string): Value {
  switch (value.kind) {
    case 'object':
      return memberOf(machine, value, name);
    case 'module':
      return exportOf(machine, value.file, name);
    case 'package':
      return { ...value, path: [...value.path, name] };
    case 'native':
      return (
        assigned.get(value.native)?.get(name) ??
        nativeProperty(machine, value, name) ??
        methodOf(value, name)
      );
    case 'either':
      return either(value.of.map((one) => propertyOf(machine, one, name)));
    case 'class':
      return staticOf(machine, value, name);
    case 'list':
      return name === 'length' && !value.open.value ? literal(value.items.length) : at(value, name);
    case 'literal':
      return typeof value.value === 'string' && name === 'length'
        ? literal(value.value.length)
        : UNKNOWN;
    default:
      return UNKNOWN;
  }
}

const assigned = new WeakMap<Native, Map<string, Value>>();

/** What code puts on a package's own thing (`app.service = …`) stays there, as it was where it was made. */
export function assignProperty(
  { under }: Machine,
  native: Native,
  { name, value }: { readonly name: string; readonly value: Value },
): void {
  const own = assigned.get(native) ?? new Map<string, Value>();
  assigned.set(native, own);
  if (!value.origin && !own.has(name)) return;
  // On one way alone, or nobody knows where it was made: it may be anything.
  if (under.length > 0 || !value.origin) own.set(name, UNKNOWN);
  else own.set(name, { ...value, origin: { ...value.origin, kept: true } });
}

/** What a name of another file, or of this one, stands for. */
export function meant(machine: Machine, meaning: Meaning | undefined, frame: Frame | null): Value {
  if (!meaning) return UNKNOWN;
  if (meaning.kind === 'module') return { kind: 'module', file: meaning.file, origin: null };
  if (meaning.kind === 'package') {
    const path = meaning.name === '*' ? [] : [meaning.name];
    return { kind: 'package', package: meaning.package, path, origin: null };
  }
  return machine.held(meaning.node, frame);
}

function exportOf(machine: Machine, file: string, name: string): Value {
  machine.run(file);
  return meant(machine, machine.names.exported(file, name), null);
}

function at(value: Value & { kind: 'list' }, name: string): Value {
  return value.items[Number(name)] ?? UNKNOWN;
}

function memberOf(machine: Machine, value: Value & { kind: 'object' }, name: string): Value {
  const own = value.entries.get(name);
  if (own) return own;
  const member = value.of && inherited(machine, value.of, (one) => isMember(one, name, false));
  if (member) return memberValue(machine, member, value);
  const fromPackage = nativeProperty(machine, value, name);
  if (fromPackage) return fromPackage;
  return value.open.value || value.of ? UNKNOWN : literal(undefined);
}

function nativeProperty(machine: Machine, value: Value, name: string): Value | undefined {
  const native = nativeOf(value);
  if (!native) return undefined;
  for (const semantics of machine.semantics) {
    const found = semantics.property?.(machine, native, name);
    if (found) return found;
  }
  return undefined;
}

/** What a package's own thing has by a name that says nothing to it: one of its methods, as far as it goes. */
function methodOf(of: Value, name: string): Value {
  return { kind: 'unknown', method: { of, name }, origin: null };
}

interface Member {
  readonly element: ts.ClassElement;
  readonly frame: Frame | null;
}

function memberValue(machine: Machine, { element, frame }: Member, self: Value): Value {
  if (ts.isMethodDeclaration(element)) {
    return { kind: 'function', node: element, frame, self, origin: null };
  }
  if (ts.isGetAccessorDeclaration(element)) {
    return machine.invoke({ kind: 'function', node: element, frame, self }, []);
  }
  if (!ts.isPropertyDeclaration(element) || !element.initializer) return UNKNOWN;
  return machine.evaluate(element.initializer, { values: new Map(), parent: frame, self });
}

function staticOf(
  machine: Machine,
  value: ClassValue & { origin: Value['origin'] },
  name: string,
): Value {
  const member = inherited(machine, value, (one) => isMember(one, name, true));
  return member ? memberValue(machine, member, value) : UNKNOWN;
}

function isMember(element: ts.ClassElement, name: string, isStatic: boolean): boolean {
  const modifiers = ts.canHaveModifiers(element) ? (ts.getModifiers(element) ?? []) : [];
  const marked = modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword);
  const key = element.name;
  if (!key || ts.isComputedPropertyName(key)) return false;
  return marked === isStatic && key.text === name && !isSignature(element);
}

function isSignature(element: ts.ClassElement): boolean {
  return ts.isMethodDeclaration(element) && !element.body;
}

/** The nearest class member that fits, up the chain of classes of this repo. */
function inherited(
  machine: Machine,
  start: ClassValue,
  fits: (element: ts.ClassElement) => boolean,
): Member | undefined {
  let value: Value | ClassValue | undefined = start;
  for (let hops = 0; value?.kind === 'class' && hops < 20; hops++) {
    const element: ts.ClassElement | undefined = value.node.members.find(fits);
    if (element) return { element, frame: value.frame };
    value = baseOf(machine, value);
  }
  return undefined;
}

/** What a class extends, as a value; undefined where it extends nothing. */
export function baseOf(machine: Machine, { node, frame }: ClassValue): Value | undefined {
  const clause = node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
  const [base] = clause?.types ?? [];
  return base && machine.evaluate(base.expression, frame);
}
