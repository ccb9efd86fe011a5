import { type Machine, STEP_LIMIT } from './machine.ts';
import type { Value } from './values.ts';

/** Evaluates what runs once, when the app starts: no fact of the request holds there. */
export function apart(machine: Machine, work: () => Value): Value {
  const before = { ...machine.path };
  const frames = machine.frames.splice(0);
  const sites = machine.sites.splice(0);
  const journals = machine.journals.splice(0);
  const raised = machine.thrown.length;
  const { steps, limit, starting } = machine;
  machine.starting = true;
  Object.assign(machine.path, { facts: [], dead: false, answered: false });
  try {
    return work();
  } finally {
    machine.starting = starting;
    machine.limit = Math.min(limit + machine.steps - steps, 2 * STEP_LIMIT);
    Object.assign(machine.path, before);
    machine.thrown.splice(raised);
    machine.frames.splice(0, machine.frames.length, ...frames);
    machine.sites.splice(0, machine.sites.length, ...sites);
    machine.journals.splice(0, machine.journals.length, ...journals);
  }
}
