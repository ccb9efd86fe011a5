import { parametersOf, ts } from '../../kernel/syntax.ts';
import { runsAtOnce } from '../runs-at-once.ts';
import { arrayMethod, globalCall } from './builtin.ts';
import { instantiate, superCall } from './class.ts';
import { itemsOf } from './collection.ts';
import { imported, isRequire, required } from './loaded.ts';
import { plainCall } from './plain.ts';
import { propertyOf } from './property.ts';
import { askedOfPattern, textMethod } from './text.ts';
import type { Call, Frame, FunctionValue, Machine, Value } from './value.ts';
import { either, nativeOf, textOf, UNKNOWN } from './value.ts';

type CallNode = ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression;

/** What a call gives, having done what it does. */
export function evaluateCall(machine: Machine, node: CallNode, frame: Frame | null): Value {
  const target = ts.isTaggedTemplateExpression(node) ? node.tag : node.expression;
  if (target.kind === ts.SyntaxKind.ImportKeyword) return imported(machine, node, frame);
  if (isRequire(machine, target)) return required(machine, node, frame);
  const args = argumentsOf(machine, node, frame);
  const call: Call = { node, args, isNew: ts.isNewExpression(node), under: machine.under };
  if (target.kind === ts.SyntaxKind.SuperKeyword) return superCall(machine, call, frame);
  const plain = call.isNew ? undefined : plainCall(machine, target, args);
  if (plain) return plain;
  const byKey = call.isNew ? undefined : keyedCall(machine, { target, call }, frame);
  if (byKey) return byKey;
  if (!ts.isPropertyAccessExpression(target) || call.isNew) {
    return machine.apply(machine.evaluate(target, frame), call);
  }
  const receiver = machine.evaluate(target.expression, frame);
  return method(machine, receiver, { ...call, name: target.name.text, target });
}

/** `app['get'](…)`, `router[method](…)` on what a package made. */
function keyedCall(
  machine: Machine,
  { target, call }: { target: ts.Expression; call: Call },
  frame: Frame | null,
): Value | undefined {
  if (!ts.isElementAccessExpression(target)) return undefined;
  const name = textOf(machine.evaluate(target.argumentExpression, frame));
  const receiver = machine.evaluate(target.expression, frame);
  return name === undefined ? undefined : nativeCall(machine, receiver, { ...call, name });
}

/** Calls a value that is not a method. */
export function apply(machine: Machine, callee: Value, call: Call): Value {
  if (callee.kind === 'function') return machine.invoke(callee, call.args);
  if (callee.kind === 'class') return call.isNew ? instantiate(machine, callee, call) : UNKNOWN;
  if (callee.kind === 'either') return either(callee.of.map((one) => machine.apply(one, call)));
  if (callee.kind === 'package') {
    for (const semantics of machine.semantics) {
      const value = semantics.call?.(machine, callee, call);
      if (value) return value;
    }
  }
  const value =
    methodCall(machine, callee, call) ?? nativeCall(machine, callee, { ...call, name: '()' });
  if (value) return value;
  const ran = runGiven(machine, callee, call);
  if (ran) return ran;
  const unknown = lost(machine, call.args);
  return callee.kind === 'package' ? { kind: 'unknown', by: callee, origin: null } : unknown;
}

/** `startSpan({ … }, async () => { … })`: what a package is given to run, and runs at once. */
function runGiven(machine: Machine, callee: Value, { args }: Call): Value | undefined {
  if (callee.kind !== 'package' || !runsAtOnce(callee.path.at(-1) ?? '')) return undefined;
  const work = args.find((arg) => arg.kind === 'function' && parametersOf(arg.node).length < 2);
  return work?.kind === 'function' ? machine.invoke(work, []) : undefined;
}

function method(
  machine: Machine,
  receiver: Value,
  call: Call & { name: string; target: ts.PropertyAccessExpression },
): Value {
  if (receiver.kind === 'either') {
    return either(receiver.of.map((one) => method(machine, one, call)));
  }
  const settled = onceSettled(machine, receiver, call);
  if (settled) return settled;
  if (receiver.kind === 'function') return functionMethod(machine, receiver, call);
  if (receiver.kind === 'list')
    return arrayMethod(machine, receiver, call) ?? lost(machine, call.args);
  if (receiver.kind === 'regex') return askedOfPattern(receiver, call) ?? UNKNOWN;
  if (receiver.kind === 'literal') return textMethod(machine, receiver.value, call) ?? UNKNOWN;
  if (receiver.kind === 'unknown' && receiver.method && call.name === 'bind') return receiver;
  if (receiver.kind === 'unknown' && receiver.method && call.name === 'call') {
    return machine.apply(receiver, { ...call, args: call.args.slice(1) });
  }
  if (receiver.kind === 'unknown') {
    return globalCall(machine, call.target, call) ?? lost(machine, call.args);
  }
  if (receiver.kind === 'object') {
    const own = propertyOf(machine, receiver, call.name);
    if (own.kind === 'function') return machine.invoke({ ...own, self: receiver }, call.args);
    if (own.kind === 'class' || own.kind === 'package') return machine.apply(own, call);
  }
  const fromPackage = nativeCall(machine, receiver, call);
  if (fromPackage) return fromPackage;
  return nativeOf(receiver)
    ? lost(machine, call.args)
    : machine.apply(propertyOf(machine, receiver, call.name), call);
}

/** `connect().then((db) => { … })`: what comes once a promise is fulfilled runs, and what it gives comes next. */
function onceSettled(
  machine: Machine,
  receiver: Value,
  call: Call & { name: string },
): Value | undefined {
  const [work] = call.args;
  if (work?.kind !== 'function' || !/^(then|catch|finally)$/.test(call.name)) return undefined;
  const own = receiver.kind === 'object' && propertyOf(machine, receiver, call.name);
  if (own && own.kind === 'function') return undefined;
  const fromPackage = nativeCall(machine, receiver, call);
  if (fromPackage) return fromPackage;
  if (call.name === 'catch') return receiver;
  const value = machine.invoke(work, call.name === 'then' ? [receiver] : []);
  return call.name === 'then' ? value : receiver;
}

/** `const add = app[verb]; add.call(app, path, handler)`. */
function methodCall(machine: Machine, callee: Value, call: Call): Value | undefined {
  if (callee.kind !== 'unknown' || !callee.method) return undefined;
  const { of, name } = callee.method;
  return nativeCall(machine, of, { ...call, name });
}

function nativeCall(
  machine: Machine,
  receiver: Value,
  call: Call & { name: string },
): Value | undefined {
  const native = nativeOf(receiver);
  if (!native) return undefined;
  for (const semantics of machine.semantics) {
    const value = semantics.method?.(machine, native, call);
    if (value) return value;
  }
  return undefined;
}

function functionMethod(
  machine: Machine,
  receiver: Value & FunctionValue,
  call: Call & { name: string },
): Value {
  const [self = UNKNOWN, ...rest] = call.args;
  if (call.name === 'bind') return { ...receiver, self };
  if (call.name === 'call') return machine.invoke({ ...receiver, self }, rest);
  return lost(machine, call.args);
}

/** Values that went where we can't follow. */
function lost(machine: Machine, values: readonly Value[]): Value {
  for (const semantics of machine.semantics) semantics.escape?.(machine, values);
  return UNKNOWN;
}

function argumentsOf(machine: Machine, node: CallNode, frame: Frame | null): Value[] {
  if (ts.isTaggedTemplateExpression(node)) {
    if (!ts.isTemplateExpression(node.template)) return [];
    return node.template.templateSpans.map((span) => machine.evaluate(span.expression, frame));
  }
  return (node.arguments ?? []).flatMap((argument) => {
    if (!ts.isSpreadElement(argument)) return [machine.evaluate(argument, frame)];
    const items = itemsOf(machine.evaluate(argument.expression, frame));
    const origin = { expression: argument.expression, frame };
    return items && !items.open.value ? items.items : [{ ...UNKNOWN, origin }];
  });
}
