import type { ts } from '../../../kernel/syntax.ts';
import type { Endpoint, HandlerSemantics, Registered } from '../../reader.ts';
import type { Native, Value } from '../../static/value.ts';

/** One thing that runs for a procedure, in the order its builder names them. */
export interface Step {
  readonly kind: 'around' | 'context' | 'serve' | 'middleware' | 'input' | 'resolver';
  readonly registered: Registered;
  /** Of what stands around: how the framework that runs it has it. */
  readonly semantics?: HandlerSemantics;
  /** Of what serves: what makes the context, where it can't be followed there. */
  readonly context?: Registered;
}

/** What `initTRPC…create(options)` gives. */
export interface Root extends Native {
  readonly type: 'trpc-root';
  readonly options: Value | undefined;
}

/** A procedure while it is built, or a middleware: the steps so far. */
export interface Builder extends Native {
  readonly type: 'trpc-builder' | 'trpc-middleware';
  readonly root: Root | null;
  readonly steps: readonly Step[];
  readonly meta: Registered | null;
  /** What `meta` says of how it is asked for as REST. */
  readonly openapi: Value | undefined;
}

export type ProcedureKind = 'query' | 'mutation' | 'subscription';

export interface Procedure extends Native {
  readonly type: 'trpc-procedure';
  readonly root: Root | null;
  readonly kind: ProcedureKind;
  readonly steps: readonly Step[];
  readonly meta: Registered | null;
  readonly openapi: Value | undefined;
  readonly node: ts.CallExpression;
}

/** Procedures and routers by name; merged routers are one. */
export interface Router extends Native {
  readonly type: 'trpc-router';
  readonly records: readonly Value[];
}

/** What serves a router over HTTP. */
export interface Adapter extends Native {
  readonly type: 'trpc-adapter';
  readonly name: string;
  readonly options: Value;
  readonly node: ts.Node;
}

/** What a trace has to know of the procedure that its endpoint calls. */
export interface Called {
  readonly procedure: Procedure;
  /** The dotted name: `post.byId`. */
  readonly name: string;
  /** Whether values travel as superjson writes them. */
  readonly wrapped: boolean;
  readonly errorFormatter: Registered | null;
  /** Whether it is asked for by a method and a path of its own. */
  readonly rest: boolean;
}

const steps = new WeakMap<Registered, Step>();
const calls = new WeakMap<Endpoint['chain'], Called>();

/** Keeps what a chain's steps are, and which procedure it is for. */
export function chainOf(list: readonly Step[], called: Called): Endpoint['chain'] {
  const chain = list.map((step) => {
    const own = { ...step.registered };
    steps.set(own, step);
    return own;
  });
  calls.set(chain, called);
  return chain;
}

/** Keeps what answers errors of what stands around. */
export function answering(registered: Registered, semantics: HandlerSemantics): Registered {
  const own = { ...registered };
  steps.set(own, { kind: 'around', registered: own, semantics });
  return own;
}

export function stepOf(registered: Registered): Step | undefined {
  return steps.get(registered);
}

export function calledBy(endpoint: Endpoint): Called | undefined {
  return calls.get(endpoint.chain);
}
