import type { HandlerSemantics } from '../../reader.ts';
import { handlersFor } from '../express/handlers.ts';
import { keep } from '../request-parts.ts';
import { apiHandlers, isUnparsed, type Parsing, parsed } from './api-handlers.ts';
import { mergedQuery } from './asked.ts';
import { behindMiddleware } from './handlers.ts';

interface Connected extends Parsing {
  /** Whether its path is one that Next itself takes apart. */
  readonly isOwn: boolean;
}

/** Steps of a router inside an API route: as Express has them, behind what Next does before it calls the route. */
export function connectHandlers(around: Connected): HandlerSemantics {
  const steps = handlersFor(307);
  const api = apiHandlers(around);
  const first = around.guarded ? 1 : 0;
  return {
    ...api,
    ...steps,
    step: (machine, step, then) => {
      const work = () => {
        if (step.index === first) {
          if (around.isOwn) keep(machine, 'req.query', mergedQuery(machine));
          if (around.parses) parsed(machine, step.registered.expression);
        }
        steps.step(machine, step, then);
      };
      behindMiddleware(machine, step, { around, then, work });
    },
    // Before the route is called, nobody but Next answers.
    recover: (machine, handler, error) =>
      isUnparsed(error.value) ? null : steps.recover(machine, handler, error),
    unhandled: (machine, error) =>
      api.unhandled?.(machine, error) ?? steps.unhandled?.(machine, error),
  };
}
