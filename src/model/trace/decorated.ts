import { ts } from '../../kernel/syntax.ts';
import { apart } from './apart.ts';
import { callClosure } from './closures.ts';
import type { Machine } from './machine.ts';
import { object } from './terms.ts';
import { type ClassValue, type Special, UNDEFINED, type Value } from './values.ts';

/** What decorators of a class have laid upon its prototype under a name. */
export function laidOnPrototype(
  machine: Machine,
  type: ClassValue,
  name: string,
): Value | undefined {
  const all = ts.canHaveDecorators(type.node) ? (ts.getDecorators(type.node) ?? []) : [];
  const [first] = all;
  if (!first) return undefined;
  const laid = machine.modules.get(first) ?? decorated(machine, { type, all, first });
  return laid.kind === 'object' ? laid.fields.value.get(name) : undefined;
}

interface Decorated {
  readonly type: ClassValue;
  readonly all: readonly ts.Decorator[];
  /** Under it stands what they have laid. */
  readonly first: ts.Decorator;
}

function decorated(machine: Machine, { type, all, first }: Decorated): Value {
  const laid = object();
  machine.modules.set(first, laid);
  for (const { expression } of [...all].reverse()) decorate(machine, { type, laid, expression });
  return laid;
}

/** A decorator of the repo is run where it speaks of prototypes. */
function decorate(
  machine: Machine,
  { type, laid, expression }: { type: ClassValue; laid: Value; expression: ts.Expression },
): void {
  const maker = ts.isCallExpression(expression) ? expression.expression : expression;
  apart(machine, () => {
    const called = machine.evaluate(maker, type.scope);
    if (called.kind !== 'closure' || !/\.prototype\b/.test(called.node.getText())) return UNDEFINED;
    const decorator = machine.evaluate(expression, type.scope);
    if (decorator.kind !== 'closure') return UNDEFINED;
    const given: Special = {
      kind: 'special',
      name: 'constructor',
      get: (name, node) => (name === 'prototype' ? laid : machine.get(type, name, node)),
    };
    return callClosure(machine, decorator, { args: [given], node: expression });
  });
}
