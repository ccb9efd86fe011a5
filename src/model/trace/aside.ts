import type { Machine } from './machine.ts';
import type { ClosureValue, Scope, Value } from './values.ts';

/** As many steps as work may take that nobody waits for. */
const SHARE = 1_500;

/** A call of a function of the repo. */
export interface Call {
  readonly fn: ClosureValue;
  readonly args: readonly Value[];
  readonly self: Value | null;
}

/**
 * Runs a function that nobody waits for. Where it has nothing to answer with, what it comes to is not what the request
 * ends with: its writes are told for as long as its share of steps lasts.
 */
export function aside<T>(machine: Machine, call: Call, work: () => T): T {
  // A screen shows what comes of it later.
  if (machine.browser || machine.endpoint.kind === 'page' || canAnswer(call)) return work();
  const most = Math.min(machine.limit, machine.steps + SHARE);
  const then = (end: number) => {
    machine.steps = Math.min(machine.steps, end);
  };
  return upTo(machine, { most, then }, work);
}

/** Runs work up to a step; `then` is told where its share ended, whether work came to its own end or not. */
export function upTo<T>(
  machine: Machine,
  { most, then }: { readonly most: number; readonly then: (end: number) => void },
  work: () => T,
): T {
  const { limit } = machine;
  machine.limit = most;
  try {
    return work();
  } finally {
    // What runs once as the app starts is no part of the share.
    const end = machine.limit;
    machine.limit = limit + end - most;
    then(end);
  }
}

/** Whether a call has something to answer the request with. */
export function canAnswer({ fn, args, self }: Call): boolean {
  const given = self ? [...args, self] : args;
  return given.some((each) => mayAnswer(each)) || reaches(fn.scope);
}

const ANSWERING = /^(req|request|res|response|next|c|ctx|context|reply)$/;

/** Whether a value, or something in it, may answer the request. */
function mayAnswer(value: Value, depth = 0): boolean {
  if (value.kind === 'closure') return depth === 0;
  if (value.kind === 'special') return value.answer !== undefined || ANSWERING.test(value.name);
  if (value.kind === 'choice') return mayAnswer(value.yes, depth) || mayAnswer(value.no, depth);
  if (depth > 1 || (value.kind !== 'object' && value.kind !== 'instance')) return false;
  return [...value.fields.value.values()].some((field) => mayAnswer(field, depth + 1));
}

/** Whether code that stands in a scope sees something to answer with. */
function reaches(scope: Scope): boolean {
  for (let at: Scope | null = scope; at; at = at.parent)
    for (const { value } of at.names.values())
      if (value.kind === 'special' && mayAnswer(value)) return true;
  return false;
}
