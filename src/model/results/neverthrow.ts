import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import { arrayOfAll } from '../trace/composites.ts';
import type { Machine } from '../trace/machine.ts';
import { attempt } from '../trace/tries.ts';
import { native, UNDEFINED, type Value } from '../trace/values.ts';
import { failure, success, together } from './result.ts';

/** neverthrow: a function's way to succeed or fail is what its caller asks its result about. */
export const neverthrow = {
  name: 'neverthrow',
  from: /^neverthrow$/,
  call: (machine, { name, args, node }) =>
    MAKERS[name.split('.').at(-1) ?? name]?.(machine, args, node),
} satisfies LibraryReader;

type Maker = (machine: Machine, args: readonly Value[], node: ts.Node) => Value | undefined;

const ok: Maker = (machine, [value = UNDEFINED]) => success(machine, value);
const err: Maker = (machine, [error = UNDEFINED]) => failure(machine, error);

const MAKERS: Readonly<Record<string, Maker>> = {
  ok,
  err,
  okAsync: ok,
  errAsync: err,
  Ok: ok,
  Err: err,
  fromSafePromise: (machine, [promise = UNDEFINED], node) =>
    success(machine, machine.settle(promise, node)),
  fromPromise: (machine, [promise = UNDEFINED, toError], node) =>
    tried(machine, { work: () => machine.settle(promise, node), toError }, node),
  fromThrowable: (machine, [work = UNDEFINED, toError]) =>
    native('fromThrowable', (args, node) =>
      tried(machine, { work: () => settledCall(machine, work, { args, node }), toError }, node),
    ),
  combine: (machine, [list]) => {
    if (list?.kind !== 'array') return undefined;
    const items = list.items.value;
    if (items.some(({ when }) => when)) return undefined;
    return together(
      machine,
      items.map(({ value }) => value),
      (values) => arrayOfAll(values),
    );
  },
};

function settledCall(
  machine: Machine,
  work: Value,
  { args, node }: { readonly args: readonly Value[]; readonly node: ts.Node },
): Value {
  return machine.settle(machine.call(work, args, node), node);
}

function tried(
  machine: Machine,
  { work, toError }: { readonly work: () => Value; readonly toError: Value | undefined },
  node: ts.Node,
): Value {
  return attempt(machine, {
    work: () => success(machine, work()),
    handle: (error) => failure(machine, toError ? machine.call(toError, [error], node) : error),
  });
}
