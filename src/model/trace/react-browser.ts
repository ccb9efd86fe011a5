import type { InputPart } from '../../condition/condition.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { Endpoint } from '../reader.ts';
import type { Formula } from './formula.ts';
import type { Machine } from './machine.ts';
import type { Cell, Value } from './values.ts';

/** An effect waiting for the render it stands in to be on screen. */
export interface Effect {
  readonly key: string;
  readonly run: Value;
  readonly node: ts.Node;
  readonly when: Formula;
}

/** A component's piece of state, with the component that keeps it. */
export interface State {
  readonly cell: Cell<Value>;
  readonly component: ts.Node;
  set: boolean;
}

/** The browser a client page runs in: what its components keep, and the API it can call. */
export interface Browser {
  readonly endpoints: readonly Endpoint[];
  /** State by the place of its hook and the way to it. */
  readonly states: Map<string, State>;
  readonly effects: Effect[];
  /** Effects that have run. */
  readonly ran: Set<string>;
  /** Endpoints called so far. */
  readonly called: Set<Endpoint>;
}

/** What a page's request carries, as far as the page decides it. */
export type Sent = Readonly<Record<'params' | 'query' | 'body' | 'headers', Value>>;

/** What the page sent as a part of the request that runs; cookies are the browser's own. */
export function sentPart(machine: Machine, from: InputPart): Value | undefined {
  return from === 'cookies' ? undefined : machine.sent?.[from];
}
