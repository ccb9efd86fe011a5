import type * as z from 'zod';
import type { Operation } from '../../kernel/operation.ts';
import { checkPlans } from '../../operations/check.ts';
import { tearDown } from '../../operations/down.ts';
import { explainEnding, showPlan } from '../../operations/explain.ts';
import type { Place } from '../../operations/place.ts';
import { planRepo } from '../../operations/plan-repo.ts';
import { listRoutes } from '../../operations/routes.ts';
import { setUp } from '../../operations/up.ts';

/** What whoever starts the server decides; no tool call changes it. */
export interface Target {
  readonly path: string;
  /** The enrolled database states are set up in; null for clones on the embedded server. */
  readonly db: string | null;
  /** Where the app answers on it. */
  readonly app: string | null;
}

/** An operation as a tool. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly operation: Operation<z.ZodObject, z.ZodType, Place>;
  /** Inputs that the server's target gives, not the caller. */
  readonly given: (target: Target) => Readonly<Record<string, unknown>>;
  readonly kind: 'read' | 'write';
  readonly destructive: boolean;
  readonly idempotent: boolean;
  /** What of the result is told; all of it when absent. */
  readonly told: (output: unknown) => object;
}

const inRepo = ({ path }: Target) => ({ path });

export const TOOLS: readonly Tool[] = [
  tool(listRoutes, { name: 'list_routes', title: 'Routes and their endings', given: inRepo }),
  tool(explainEnding, { name: 'explain_ending', title: 'What leads to an ending', given: inRepo }),
  tool(showPlan, { name: 'get_plan', title: 'The plan of an ending', given: inRepo }),
  tool(checkPlans, {
    name: 'check_plans',
    title: 'Are the plans sound and current',
    given: inRepo,
  }),
  tool(planRepo, {
    name: 'update_plans',
    title: 'Bring the plan files up to date',
    kind: 'write',
    idempotent: true,
    given: ({ path }) => ({
      ...{ path, out: undefined, llm: 'none', only: '', cassettes: undefined, showPrompt: false },
    }),
    told: ({ written, removed, unchanged, unsolved, folder }) => {
      return { folder, written, removed, unchanged, unsolved: unsolved.length };
    },
  }),
  tool(setUp, {
    name: 'set_up_state',
    title: 'Set a planned state up',
    kind: 'write',
    given: ({ path, db, app }) => ({
      path,
      db: db ?? undefined,
      app: app ?? undefined,
      start: app === null,
    }),
  }),
  tool(tearDown, {
    name: 'tear_down_state',
    title: 'Take a state down by its handle',
    kind: 'write',
    destructive: true,
    idempotent: true,
    given: ({ db }) => ({ db: db ?? undefined }),
  }),
];

function tool<In extends z.ZodObject, Out extends z.ZodType>(
  operation: Operation<In, Out, Place>,
  about: Pick<Tool, 'name' | 'title' | 'given'> &
    Partial<Pick<Tool, 'kind' | 'destructive' | 'idempotent'>> & {
      readonly told?: (output: z.infer<Out>) => object;
    },
): Tool {
  return {
    kind: 'read',
    destructive: false,
    idempotent: about.kind !== 'write',
    ...about,
    // The operation's own schema parsed what `run` gets, and `run` made what `told` gets.
    operation: operation as unknown as Tool['operation'],
    told: (about.told as Tool['told'] | undefined) ?? ((output) => output as object),
  };
}
