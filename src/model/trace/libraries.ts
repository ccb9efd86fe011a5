import type { ts } from '../../kernel/syntax.ts';
import type { QueryCall, QueryReader, Shown } from '../reader.ts';
import type { Machine } from './machine.ts';
import type { ClassValue, SchemaValue, Value } from './values.ts';

/** The frameworks, data-access and auth libraries that say what their own exports mean. */
export function libraries(
  machine: Machine,
): readonly Pick<QueryReader, 'from' | 'call' | 'template'>[] {
  const { frameworks, queries, libraries: others } = machine.deps;
  return [...frameworks.map(({ semantics }) => semantics), ...queries, ...others];
}

/** What one of them makes of a call of its export; `made` for `new`, and for a class that extends it. */
export function libraryCall(
  machine: Machine,
  fn: Value & { kind: 'package' },
  called: {
    readonly args: readonly Value[];
    readonly node: ts.Node;
    readonly made: boolean;
    readonly type?: ClassValue;
  },
): Value | undefined {
  for (const { from, call } of libraries(machine)) {
    if (!from.test(fn.package)) continue;
    const found = call?.(machine, { ...called, name: fn.name, from: fn.package });
    if (found) return found;
  }
  return undefined;
}

/** What a validator's own schema answers when it is given a value. */
export function libraryParse(
  machine: Machine,
  schema: SchemaValue,
  called: QueryCall,
): Value | undefined {
  const own = machine.deps.libraries.find(({ from, parse }) => parse && from.test(schema.package));
  return own?.parse?.(machine, schema, called);
}

/** An export that is a plain value. */
export function libraryConstant(
  machine: Machine,
  of: { readonly package: string; readonly name: string },
): Value | undefined {
  for (const { semantics } of machine.deps.frameworks) {
    const found = semantics.from.test(of.package) ? semantics.constant?.(of.name) : undefined;
    if (found) return found;
  }
  for (const { from, constant } of [...machine.deps.queries, ...machine.deps.libraries]) {
    const found = from.test(of.package) ? constant?.(machine, of.name) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** What one of a framework's own components shows beside what stands inside it. */
export function libraryElement(
  machine: Machine,
  type: Value,
  shown: Omit<Shown, 'name'>,
): Value | undefined {
  if (type.kind !== 'package') return undefined;
  const { name } = type;
  for (const { semantics } of machine.deps.frameworks) {
    const { from, element } = semantics;
    const found = from.test(type.package) ? element?.(machine, { ...shown, name }) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** What a library's own type stands for (`Repository<User>`). */
export function libraryType(
  machine: Machine,
  type: { readonly package: string; readonly name: string },
  args: readonly ts.TypeNode[],
): Value | undefined {
  const { frameworks, queries } = machine.deps;
  for (const { from, typed } of [...queries, ...frameworks.map(({ semantics }) => semantics)]) {
    const found = from.test(type.package) ? typed?.(machine, { name: type.name, args }) : undefined;
    if (found) return found;
  }
  return undefined;
}
