import type { ts } from '../../kernel/syntax.ts';
import { isBytes, isBytesClass } from './bytes.ts';
import { ancestryOf } from './classes.ts';
import type { Machine } from './machine.ts';
import { classOfRow } from './row-members.ts';
import { isSchemaKind } from './schema-kind.ts';
import { textOf } from './source.ts';
import { choose, overChoice, termsIn } from './terms.ts';
import { literal, type RowValue, type Scope, type Type, unknown, type Value } from './values.ts';

/** `left instanceof right`. */
export function instanceOf(
  machine: Machine,
  { left, node, scope }: { left: Value; node: ts.BinaryExpression; scope: Scope },
): Value {
  const right = machine.evaluate(node.right, scope);
  const name = className(right) ?? node.right.getText();
  return overChoice(left, (each) => {
    if (each.kind === 'row') return literal(isRowOf(machine, each, name));
    if (each.kind !== 'schema') return isInstance(each, name, node);
    const is = isSchemaKind(machine, each, name);
    return is === undefined ? unknown(textOf(node)) : literal(is);
  });
}

export function className(value: Value): string | undefined {
  if (value.kind === 'class') return value.node.name?.text;
  if (value.kind === 'package') return value.name.split('.').at(-1);
  return value.kind === 'special' ? value.name : undefined;
}

/** Whether the class whose instances a table's rows are is one of that name, or extends it. */
function isRowOf(machine: Machine, row: RowValue, name: string): boolean {
  const type = classOfRow(machine, row);
  return type !== undefined && ancestryOf(machine, type).includes(name);
}

/** Whether a value is made by a class of that name. */
export function isInstance(value: Value, name: string, node: ts.Node): Value {
  if (isBytes(value)) return literal(isBytesClass(name));
  if (value.kind === 'instance') return literal(value.ancestry.includes(name));
  if (value.kind === 'choice') {
    return choose(value.when, isInstance(value.yes, name, node), isInstance(value.no, name, node));
  }
  if (value.kind === 'term' && name === 'Date') return literal(value.type.base === 'instant');
  if (value.kind === 'term' && PLAIN.has(value.type.base)) return literal(false);
  if (value.kind === 'response') return literal(name === 'Response');
  if (value.kind === 'unknown' || value.kind === 'term')
    return unknown(textOf(node), termsIn(value));
  return literal(false);
}

const PLAIN: ReadonlySet<Type['base']> = new Set(['string', 'number', 'boolean']);
