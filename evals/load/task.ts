import type { Plan } from '../../src/plan/plan.ts';
import type { State } from '../../src/state/state.ts';

/** What a worker is told to do. */
export interface Task {
  readonly url: string;
  readonly database: string;
  readonly twin: string;
  readonly app: string;
  readonly asks: readonly Ask[];
  /** States to set up, the first of them, and the step between them: workers take turns through the asks. */
  readonly count: number;
  readonly first: number;
  readonly step: number;
}

/** A plan with its compiled state. */
export interface Ask {
  readonly plan: Plan;
  readonly state: State;
}

/** What became of one state. */
export interface Asked {
  readonly plan: string;
  /** Null: it answered as planned. */
  readonly problem: string | null;
  readonly upMs: number;
  readonly downMs: number;
  /** How long the hand-written statement took, where it has the same rows. */
  readonly handMs: number | null;
  readonly removed: number;
}

/**
 * What a worker says: some states' outcomes, and the memory it keeps after a garbage collection: what is
 * used of the heap, what the heap has of the system, buffers outside it, and all that is resident.
 */
export interface Word {
  readonly asked: readonly Asked[];
  readonly heapMB: number;
  readonly heapTotalMB: number;
  readonly externalMB: number;
  readonly rssMB: number;
}
