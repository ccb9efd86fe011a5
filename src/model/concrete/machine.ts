import type { ts } from '../../kernel/syntax.ts';
import type { Program } from '../../repo/repo.ts';

/** Thrown where code does what isn't followed: the whole result is then unknown. */
export class Unread extends Error {}

/** A function of the repo as one of ours; it takes and gives plain data only. */
export type Closure = (...given: readonly unknown[]) => unknown;

export interface Machine {
  readonly program: Program;
  /** Counts one step; throws `Unread` after too many. */
  step(): void;
  closure(node: ts.FunctionLikeDeclaration, scope: Scope): Closure;
}

/** Names of one block and those around it. */
export interface Scope {
  readonly names: Map<string, { value: unknown }>;
  readonly outer: Scope | null;
}

export function inner(outer: Scope | null): Scope {
  return { names: new Map(), outer };
}

export function define(scope: Scope, name: string, value: unknown): void {
  scope.names.set(name, { value });
}

/** Where a name's value is kept; undefined for names of the module and beyond. */
export function slotOf(scope: Scope, name: string): { value: unknown } | undefined {
  for (let at: Scope | null = scope; at; at = at.outer) {
    const found = at.names.get(name);
    if (found) return found;
  }
  return undefined;
}

const LONGEST = 10_000;

/** A value that hasn't grown beyond what a predicate needs. */
export function bounded<T>(value: T): T {
  const long = (typeof value === 'string' || Array.isArray(value)) && value.length > LONGEST;
  if (long) throw new Unread();
  return value;
}
