import type { ts } from '../../kernel/syntax.ts';
import type { Machine } from './machine.ts';
import { exported } from './modules.ts';
import { textOf } from './source.ts';
import { type Scope, stringOf, unknown, type Value } from './values.ts';

/** `import('m')`. */
export function imported(
  machine: Machine,
  named: Value | undefined,
  { node, scope }: { readonly node: ts.Node; readonly scope: Scope },
): Value {
  const specifier = stringOf(named);
  if (specifier === undefined) return unknown(textOf(node));
  const file = machine.deps.program.resolve(scope.file, specifier);
  return file ? { kind: 'module', file } : { kind: 'package', package: specifier, name: '*' };
}

/** `require('m')`. */
export function moduleOf(machine: Machine, specifier: string, scope: Scope): Value {
  const file = machine.deps.program.resolve(scope.file, specifier);
  if (!file) return { kind: 'package', package: specifier, name: '*' };
  return exported(machine, file, '*') ?? { kind: 'module', file };
}
