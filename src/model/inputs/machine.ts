import type { Program } from '../../repo/repo.ts';
import { createMachine } from '../static/machine.ts';
import type { Machine, Semantics } from '../static/value.ts';

/** One machine a program for a library's semantics: schemas refer to each other across files. */
export function machinesOf(semantics: Semantics): (program: Program) => Machine {
  const machines = new WeakMap<Program, Machine>();
  return (program) => {
    const known = machines.get(program);
    if (known) return known;
    const machine = createMachine(program, [semantics]);
    machines.set(program, machine);
    return machine;
  };
}
