import type { Machine, Origin } from './value.ts';

/** A condition that is not known while an app is put together, and which side of it is taken. */
export interface Undecided {
  readonly condition: Origin;
  readonly holds: boolean;
}

/** Runs what stands under a condition that is not known. */
export function under<Done>(machine: Machine, undecided: Undecided, work: () => Done): Done {
  return underAll(machine, [...machine.under, undecided], work);
}

/** Runs what stands under these conditions alone. */
export function underAll<Done>(
  machine: Machine,
  conditions: readonly Undecided[],
  work: () => Done,
): Done {
  const before = machine.under;
  machine.under = conditions;
  try {
    return work();
  } finally {
    machine.under = before;
  }
}
