import type { Registered } from '../../reader.ts';
import type { Route } from './routes.ts';

/** What a step of an endpoint's chain does, for which of its routes. */
export interface Part {
  readonly does: 'start' | 'middleware' | 'serve' | 'call' | 'router' | 'check' | 'load' | 'show';
  readonly registered: Registered;
  readonly id: string;
}

/** Where an endpoint's code stands: the routes around it, the root first, or the function of the server it calls. */
export interface Around {
  readonly routes: readonly Route[];
  readonly called?: string;
}

/** A step as it runs. */
export interface Doing {
  readonly around: Around;
  readonly part: Part;
  readonly then: () => void;
}
