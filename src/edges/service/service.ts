import type { Needs } from '../../kernel/operation.ts';
import type { Model } from '../../model/model.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Proof } from '../../proof/proof.ts';
import type { Run } from '../../run/run.ts';
import type { Gate } from './auth.ts';
import type { Busy } from './busy.ts';
import type { BodyCache } from './cache.ts';
import type { Planner } from './jobs/work.ts';
import type { KnownPlannings } from './known.ts';
import type { Metrics } from './metrics.ts';
import type { RunDown, RunRequest, RunUp } from './shapes.ts';
import type { Storage } from './store/db.ts';
import type { RunRow } from './store/runs.ts';

/** Hands jobs to whoever works on them: this process, another one, or Cloudflare. */
export interface Jobs {
  add(job: string): Promise<void>;
  cancel(job: string): Promise<void>;
  /** Makes sure that a job which has not ended is still worked on; absent where its queue sees to that. */
  look?(job: string): Promise<void>;
  close(): Promise<void>;
}

/** A state that was just set up. */
export interface Started {
  readonly run: Run;
  readonly place: RunRow['place'];
  readonly holder: string;
  readonly app: string | null;
  readonly expiresAt: string | null;
  /** The plan's requests with the values of the run's rows. */
  readonly when: Plan['when'];
  /** The same as they go over the wire. */
  readonly requests: RunUp['requests'];
  readonly seed: string;
}

/** Sets states up and takes them down; only where there are databases and checkouts. */
export interface Runner {
  up(request: RunRequest, plan: PlannedFrom | null, signal: AbortSignal): Promise<Started>;
  down(run: Pick<RunRow, 'id' | 'place' | 'holder'>, handle: string): Promise<RunDown>;
  /** Fires plans at the app of a repo, each on a clone that is taken away. */
  prove(
    request: { readonly repo: string; readonly plans: readonly Plan[] },
    signal: AbortSignal,
  ): Promise<readonly Proof[]>;
  close(): Promise<void>;
}

/** A plan as it was kept, with the model it was made for. */
export interface PlannedFrom {
  readonly plan: Plan;
  readonly route: string;
  readonly model: Model;
}

export interface LogLine {
  readonly request: string;
  readonly method: string;
  /** The route's pattern, never the raw path. */
  readonly endpoint: string;
  readonly status: number;
  readonly ms: number;
  readonly key: string | null;
  readonly tenant: string | null;
  readonly code: string | null;
  /** What went wrong inside, for a status of 500 and above. */
  readonly error: unknown;
}

/** What a place gives the service. Null: not had there, and the answer says where it is. */
export interface Place {
  readonly serves: Needs;
  readonly version: string;
  readonly storage: Storage | null;
  readonly gate: Gate | null;
  readonly planner: Planner;
  readonly jobs: Jobs | null;
  readonly runner: Runner | null;
  readonly cache: BodyCache;
  readonly known: KnownPlannings;
  readonly metrics: Metrics;
  readonly busy: Busy;
  /** Aborted once the place takes up nothing new. */
  readonly stopping: AbortSignal;
  /** How often a waiting request looks for news. */
  readonly pollMs: number;
  readonly log: (line: LogLine) => void;
  /** The files of the page at `/`, by path; null where it is not served. */
  readonly page: ReadonlyMap<string, { readonly type: string; readonly body: string }> | null;
}
