import { posix } from 'node:path';
import { ts } from '../../kernel/syntax.ts';
import { pathAt, pathOf } from './places.ts';
import { meant } from './property.ts';
import type { Frame, Machine, Value } from './value.ts';
import { UNKNOWN } from './value.ts';

type CallNode = ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression;

export function isRequire(machine: Machine, target: ts.Expression): boolean {
  return ts.isIdentifier(target) && target.text === 'require' && !machine.names.meaning(target);
}

/** `require('m')`: the module runs, and is what it exports as a whole. */
export function required(machine: Machine, node: CallNode, frame: Frame | null): Value {
  const value = imported(machine, node, frame);
  return value.kind === 'module' ? load(machine, value.file) : value;
}

/** What a file exports as a whole, once it has run. */
export function load(machine: Machine, file: string): Value {
  machine.run(file);
  return meant(machine, machine.names.exported(file, '*'), null);
}

/** `import('m')`; where the name is made of what is known, what stands there runs. */
export function imported(machine: Machine, node: CallNode, frame: Frame | null): Value {
  const [specifier] = ts.isCallExpression(node) ? node.arguments : [];
  if (!specifier) return UNKNOWN;
  const written = ts.isStringLiteralLike(specifier);
  const text = written ? specifier.text : pathOf(machine.evaluate(specifier, frame));
  if (text === undefined) return UNKNOWN;
  const from = node.getSourceFile().fileName;
  const file = machine.program.resolve(from, relative(machine, from, text));
  if (file && !written) machine.run(file);
  if (file) return { kind: 'module', file, origin: null };
  return written ? { kind: 'package', package: text, path: [], origin: null } : UNKNOWN;
}

/** A place on disk as it is seen from a file. */
function relative(machine: Machine, from: string, text: string): string {
  const path = pathAt(machine, text);
  return path === undefined ? text : `./${posix.relative(posix.dirname(from), path)}`;
}
