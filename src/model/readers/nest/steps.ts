import type { ts } from '../../../kernel/syntax.ts';
import type { Registered } from '../../reader.ts';
import type { ClassValue, Value } from '../../static/value.ts';
import type { Container, Provider, Token } from './container.ts';
import type { Decorator } from './decorators.ts';
import type { Module } from './modules.ts';

/** A guard, pipe, filter, interceptor or middleware: an expression, or what the container has for it. */
export interface Enhancer {
  readonly registered: Registered;
  readonly provider: Provider | null;
  /** The module in whose `configure` it is written: what `this` is there. */
  readonly by?: Module;
}

/** A key that code sets metadata under, and what it sets. */
export interface Metadata {
  readonly key: Token;
  readonly value: Value;
}

/** A handler as it stands in its controller, with what is declared around it. */
export interface Handler {
  readonly container: Container;
  readonly module: Module;
  readonly controller: ClassValue;
  readonly method: ts.MethodDeclaration;
  readonly status: Value | null;
  readonly redirect: Decorator | null;
  readonly pipes: readonly Enhancer[];
  readonly filters: readonly Enhancer[];
  readonly metadata: { readonly method: readonly Metadata[]; readonly type: readonly Metadata[] };
}

export interface Step {
  readonly kind: 'middleware' | 'hook' | 'guard' | 'interceptor' | 'handler' | 'filters';
  readonly enhancer: Enhancer | null;
  readonly handler: Handler;
}

/** What the steps of endpoints stand for. */
const steps = new WeakMap<Registered, Step>();

/** A step of a chain: an expression of its own, known by its place in the code. */
export function stepped(registered: Registered, step: Step): Registered {
  const own = { ...registered };
  steps.set(own, step);
  return own;
}

export function stepOf(registered: Registered | undefined): Step | undefined {
  return registered && steps.get(registered);
}
