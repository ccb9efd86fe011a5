import type { Program } from '../../../repo/repo.ts';
import type { Registered } from '../../reader.ts';
import { type Exported, exportOf } from '../exports.ts';
import type { Entry } from './entry.ts';

/** A route module on the way to the one that answers, with what it exports. */
export interface Route extends Omit<Entry, 'children'> {
  readonly loader: Exported | undefined;
  readonly action: Exported | undefined;
  readonly middleware: Exported | undefined;
  readonly component: Exported | undefined;
  readonly boundary: Exported | undefined;
  /** What stands around the root's component and its boundary. */
  readonly layout: Exported | undefined;
}

/** Where an endpoint's code stands: the routes around it, the root first, its own the last. */
export interface Around {
  /** The folder of the app's modules. */
  readonly app: string;
  readonly basename: string;
  readonly routes: readonly Route[];
}

/** What a step of an endpoint's chain does, for which of its routes. */
export interface Part {
  readonly does: 'middleware' | 'load' | 'act' | 'show' | 'serve';
  readonly route: number;
  readonly registered: Registered;
  /** The request says `?index`. */
  readonly indexed?: boolean;
}

/** A step as it runs. */
export interface Doing extends Around {
  readonly part: Part;
}

export function routeOf(program: Program, { id, file, path, index }: Entry): Route {
  const outline = program.outlined();
  const own = (name: string) => exportOf(outline, file, name);
  return {
    ...{ id, file, path, index },
    loader: own('loader'),
    action: own('action'),
    middleware: own('middleware') ?? own('unstable_middleware'),
    component: own('default'),
    boundary: own('ErrorBoundary'),
    layout: own('Layout'),
  };
}
