import type * as z from 'zod';
import type { Emit } from './events.ts';

/** What a place must offer for an operation to run there. */
export type Needs = 'none' | 'database' | 'checkout';

/**
 * What a user can ask for. CLI flags, HTTP routes and MCP tools are drawn from it; `run` gets the
 * parsed input and what its edge gives it (`Place` is that edge's ports).
 */
export interface Operation<In extends z.ZodType, Out extends z.ZodType, Place> {
  readonly name: string;
  readonly summary: string;
  readonly needs: Needs;
  readonly input: In;
  readonly output: Out;
  readonly run: (
    input: z.output<In>,
    place: Place & { readonly emit: Emit; readonly signal: AbortSignal },
  ) => Promise<z.input<Out>>;
}

export function defineOperation<In extends z.ZodType, Out extends z.ZodType, Place>(
  operation: Operation<In, Out, Place>,
): Operation<In, Out, Place> {
  return operation;
}
