import { required, ts } from '../../kernel/syntax.ts';
import { guarded } from './access.ts';
import { arrayMethod } from './arrays.ts';
import { givenTerms } from './captured.ts';
import { callClosure } from './closures.ts';
import { spreadItems } from './composites.ts';
import { asCalled, asPromise } from './deferred.ts';
import { cellOf } from './environment.ts';
import { handOn } from './handed.ts';
import { imported, moduleOf } from './imports.ts';
import { isUnknown } from './in-every-case.ts';
import { listMethod } from './lists.ts';
import type { Machine } from './machine.ts';
import { inheritedCall, superMember } from './members.ts';
import { methodOfOtherType } from './other-type.ts';
import { answerAsked } from './outside.ts';
import { callPackage } from './packages.ts';
import { branchValue } from './path.ts';
import { settledEither } from './promises.ts';
import { matchOf } from './regexps.ts';
import { scalarMethod } from './scalars.ts';
import { PARSERS, parseCall, schemaOf } from './schemas.ts';
import { textOf } from './source.ts';
import { termsIn } from './terms.ts';
import { settled } from './tries.ts';
import { native, type Scope, UNDEFINED, unknown, type Value } from './values.ts';

export function callExpression(machine: Machine, node: ts.CallExpression, scope: Scope): Value {
  return asPromise(machine, node, () => evaluated(machine, node, scope));
}

function evaluated(machine: Machine, node: ts.CallExpression, scope: Scope): Value {
  const { expression } = node;
  if (expression.kind === ts.SyntaxKind.SuperKeyword) return callSuper(machine, node, scope);
  if (expression.kind === ts.SyntaxKind.ImportKeyword)
    return imported(machine, argumentsOf(machine, node, scope)[0], { node, scope });
  if (ts.isPropertyAccessExpression(expression)) {
    const name = expression.name.text;
    if (expression.expression.kind === ts.SyntaxKind.SuperKeyword) {
      const method = superMember(machine, scope, { name, node: expression }) ?? UNDEFINED;
      return callAs(machine, method, {
        args: argumentsOf(machine, node, scope),
        node,
        self: scope.self,
      });
    }
    if (name === 'catch' && node.arguments.length === 1) return caughtCall(machine, node, scope);
    if (name === 'then' && node.arguments.length === 2) return eitherCall(machine, node, scope);
    const owner = machine.evaluate(expression.expression, scope);
    if (isOfPromise(owner, node, name)) {
      return machine.invoke(owner, { name, args: argumentsOf(machine, node, scope) }, node);
    }
    return guarded(machine, { owner, node: expression }, (receiver) => {
      const schema = schemaOf(receiver, { name, node, scope });
      if (schema) return schema;
      const args = argumentsOf(machine, node, scope);
      return machine.invoke(receiver, { name, args }, node);
    });
  }
  const specifier = required(node);
  if (specifier !== undefined) return moduleOf(machine, specifier, scope);
  const callee = machine.evaluate(expression, scope);
  const schema = schemaOf(callee, { name: '', node, scope });
  if (schema) return schema;
  return guarded(machine, { owner: callee, node }, (fn) =>
    callAs(machine, fn, { args: argumentsOf(machine, node, scope), node, self: null }),
  );
}

/** What an async function gives is a promise, and be it of nothing. */
function isOfPromise(owner: Value, node: ts.Node, name: string): boolean {
  return /^(then|finally)$/.test(name) && owner.kind !== 'schema' && !ts.isOptionalChain(node);
}

/** `promise.then(handler, otherwise)`. */
function eitherCall(machine: Machine, node: ts.CallExpression, scope: Scope): Value {
  const { expression } = node;
  const owner = ts.isPropertyAccessExpression(expression) ? expression.expression : expression;
  const promise = () => machine.settle(machine.evaluate(owner, scope), node);
  const handlers = () => argumentsOf(machine, node, scope);
  return settledEither(machine, { promise, handlers }, node);
}

/** `promise.catch(handler)`; a schema's `catch` is a default. */
function caughtCall(machine: Machine, node: ts.CallExpression, scope: Scope): Value {
  const { expression } = node;
  const owner = ts.isPropertyAccessExpression(expression) ? expression.expression : expression;
  const value = settled(machine, {
    promise: () => machine.settle(machine.evaluate(owner, scope), node),
    handler: (error) => {
      const [handler = UNDEFINED] = argumentsOf(machine, node, scope);
      return machine.settle(machine.call(handler, [error], node), node);
    },
  });
  return schemaOf(value, { name: 'catch', node, scope }) ?? value;
}

export function argumentsOf(
  machine: Machine,
  node: ts.CallExpression | ts.NewExpression,
  scope: Scope,
): Value[] {
  return (node.arguments ?? []).flatMap((arg) => {
    if (!ts.isSpreadElement(arg)) return [machine.evaluate(arg, scope)];
    return spreadItems(machine.evaluate(arg.expression, scope)).map((item) =>
      item.when
        ? ({ kind: 'choice', when: item.when, yes: item.value, no: UNDEFINED } as const)
        : item.value,
    );
  });
}

function callSuper(machine: Machine, node: ts.CallExpression, scope: Scope): Value {
  const args = argumentsOf(machine, node, scope);
  for (const name of ['#super', '#parameters']) {
    const made = cellOf(scope, name)?.value;
    if (made?.kind === 'special') made.call?.(args, node);
  }
  return UNDEFINED;
}

/** Calls any value with arguments. */
export function call(
  machine: Machine,
  fn: Value,
  { args, node }: { args: readonly Value[]; node: ts.Node },
): Value {
  switch (fn.kind) {
    case 'closure':
      return callClosure(machine, fn, { args, node });
    case 'special':
      if (!fn.call) handOn(machine, args, node);
      return fn.call?.(args, node) ?? unknown(textOf(node), args.flatMap(termsIn));
    case 'package':
      return callPackage(machine, fn, { args, node });
    case 'choice':
      return branchValue(machine, fn.when, {
        yes: () => machine.call(fn.yes, args, node),
        no: () => machine.call(fn.no, args, node),
      });
    case 'undefined':
      return UNDEFINED;
    default:
      handOn(machine, args, node);
      if (fn.kind === 'term' && fn.term.kind === 'external')
        return answerAsked(machine, fn.term.name, node);
      return unknown(textOf(node), [...termsIn(fn), ...givenTerms(args)]);
  }
}

function callAs(
  machine: Machine,
  fn: Value,
  { args, node, self }: { args: readonly Value[]; node: ts.Node; self: Value | null },
): Value {
  if (fn.kind !== 'closure') return machine.call(fn, args, node);
  return asCalled(machine, { fn, args, self, node }, () =>
    callClosure(machine, fn, { args, node, ...(self ? { self } : {}) }),
  );
}

/** `receiver.name(…)`. */
export function invoke(
  machine: Machine,
  receiver: Value,
  { name, args, node }: { name: string; args: readonly Value[]; node: ts.Node },
): Value {
  if (receiver.kind === 'choice') {
    const one = isUnknown(receiver) ? unknown(textOf(node), termsIn(receiver)) : null;
    if (one) return machine.invoke(one, { name, args }, node);
    return branchValue(machine, receiver.when, {
      yes: () => machine.invoke(receiver.yes, { name, args }, node),
      no: () => machine.invoke(receiver.no, { name, args }, node),
    });
  }
  methodOfOtherType(machine, receiver, { name, node });
  const done = promiseMethod(machine, receiver, { name, args, node });
  if (done) return done;
  const found = known(machine, receiver, { name, args, node });
  if (found) return found;
  for (const { guess } of machine.deps.queries) {
    const query = guess?.(machine, receiver, { name, args, node });
    if (query) return query;
  }
  const member = memberNamed(machine, receiver, { name, node });
  if (member.kind === 'unknown') handOn(machine, args, node);
  if (member.kind === 'unknown')
    return unknown(textOf(node), [...termsIn(receiver), ...givenTerms(args)]);
  return callAs(machine, member, { args, node, self: receiver });
}

/** What a special object does not know as a method it may still hold as a field. */
function memberNamed(
  machine: Machine,
  receiver: Value,
  { name, node }: { name: string; node: ts.Node },
): Value {
  if (receiver.kind !== 'special') return machine.get(receiver, name, node);
  return receiver.get?.(name, node) ?? unknown(textOf(node));
}

interface Called {
  readonly name: string;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

function known(machine: Machine, receiver: Value, { name, args, node }: Called): Value | undefined {
  switch (receiver.kind) {
    case 'special':
      return receiver.invoke
        ? receiver.invoke(name, args, node)
        : receiver.call && applied(machine, receiver, { name, args, node });
    case 'array':
      return arrayMethod(machine, receiver, { name, args, node });
    case 'list':
      return listMethod(machine, receiver, { name, args, node });
    case 'term':
    case 'test':
      return (
        textMatch(receiver, { name, args, node }) ??
        scalarMethod(machine, receiver, { name, args, node })
      );
    case 'schema':
      return PARSERS.has(name) ? parseCall(machine, receiver, { name, args, node }) : receiver;
    case 'closure':
      return applied(machine, receiver, { name, args, node });
    case 'column':
    case 'sqlTerm':
      return name === 'mapWith' || name === 'as' ? receiver : undefined;
    case 'class':
      return inheritedCall(machine, receiver, { name, args, node });
    default:
      return undefined;
  }
}

/** `text.match(/…/)`. */
function textMatch(text: Value, { name, args, node }: Called): Value | undefined {
  const [pattern] = args;
  return name === 'match' && pattern ? matchOf(pattern, text, node) : undefined;
}

function applied(
  machine: Machine,
  fn: Value & { kind: 'closure' | 'special' },
  { name, args, node }: Called,
): Value | undefined {
  const [self, ...rest] = args;
  if (name === 'call') return callAs(machine, fn, { args: rest, node, self: self ?? null });
  if (name === 'apply') {
    const given = rest[0] ? spreadItems(rest[0]).map((item) => item.value) : [];
    return callAs(machine, fn, { args: given, node, self: self ?? null });
  }
  if (name === 'bind' && fn.kind === 'closure') {
    const { self: first = self ?? UNDEFINED, args: before = [] } = fn.bound ?? {};
    return { ...fn, bound: { self: first, args: [...before, ...rest] } };
  }
  if (name === 'bind') {
    return native('bound', (more, at) =>
      callAs(machine, fn, { args: [...rest, ...more], node: at, self: self ?? null }),
    );
  }
  return undefined;
}

/** `then`, `catch` and `finally` on what a promise gives. */
function promiseMethod(
  machine: Machine,
  receiver: Value,
  { name, args, node }: Called,
): Value | undefined {
  const [work] = args;
  if (!work || !['then', 'catch', 'finally'].includes(name)) return undefined;
  if (receiver.kind === 'schema') return undefined;
  const value = machine.settle(receiver, node);
  if (name === 'then') return machine.settle(machine.call(work, [value], node), node);
  if (name === 'finally') machine.call(work, [], node);
  return value;
}

export function newExpression(machine: Machine, node: ts.NewExpression, scope: Scope): Value {
  const type = machine.evaluate(node.expression, scope);
  return machine.construct(type, argumentsOf(machine, node, scope), node);
}
