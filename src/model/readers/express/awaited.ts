import type { Registered } from '../../reader.ts';
import type { Native } from '../../static/value.ts';
import type { Machine } from '../../trace/machine.ts';
import { awaited } from '../../trace/rejections.ts';
import { native, type Value } from '../../trace/values.ts';
import { majorOf, versionsOf } from '../version.ts';

/** Packages whose routers wait for what is registered on them. */
export const AWAITING = /^(express-promise-router|express-async-router|@awaitjs\/express)$/;

/** A package that has Express wait for all of them. */
const PATCH = 'express-async-errors';

/** Up to version 4, Express calls its handlers and looks at no promise they give. */
export function leavesRejections(machine: Machine): boolean {
  const major = majorOf(machine, 'express');
  return major !== undefined && major < 5 && versionsOf(machine, PATCH).length === 0;
}

const heard = new WeakSet<object>();

/** Says that somebody waits for a step, or a router for all of its steps. */
export function hear(whom: Registered | Native): void {
  heard.add(whom);
}

export function isHeard(whom: Registered | Native): boolean {
  return heard.has(whom);
}

/** Runs a step as whoever it is registered on does. */
export function asRegistered(machine: Machine, step: Registered, work: () => void): void {
  if (heard.has(step)) awaited(machine, work);
  else work();
}

/** `asyncHandler(fn)`. */
export function waitedFor(machine: Machine, fn: Value): Value {
  return native('awaited', (args, node) => awaited(machine, () => machine.call(fn, args, node)));
}
