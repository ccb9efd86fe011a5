import type { Comparison, Condition } from '../condition/condition.ts';
import type { App } from '../model/model.ts';
import type { Value } from '../plan/plan.ts';
import { durationMs } from './cells.ts';

/**
 * Whether a sign-in route lets somebody in whose column has this value. What can't be told counts as yes:
 * most columns have no say in it.
 */
export function admits(app: App, column: string, value: Value): boolean {
  const route = app.routes.find((candidate) => candidate.id === app.auth?.signIn?.route);
  if (!route) return true;
  const admitted = route.outcomes.filter(
    ({ status, kind }) => kind !== 'throw' && status !== null && status < 400,
  );
  const lookups = route.reads.filter((query) => query.table === app.auth?.actor);
  const actors = new Set(lookups.map((query) => query.id));
  const asked = (condition: Condition): readonly Condition[] =>
    condition.kind === 'exists'
      ? (lookups.find(({ id }) => id === condition.query)?.where ?? [])
      : [condition];
  return (
    admitted.length === 0 ||
    admitted.some((outcome) =>
      outcome.when
        .flatMap(asked)
        .every((condition) => mayHold(condition, { actors, column, value })),
    )
  );
}

interface Said {
  readonly actors: ReadonlySet<string>;
  readonly column: string;
  readonly value: Value;
}

function mayHold(condition: Condition, said: Said): boolean {
  if (condition.kind === 'any')
    return condition.of.some((way) => way.every((part) => mayHold(part, said)));
  if (condition.kind !== 'compare') return true;
  const { left, right, op } = condition;
  if (isColumn(left, said)) return compares(said.value, op, right);
  if (isColumn(right, said)) return compares(said.value, FLIPPED[op] ?? op, left);
  return true;
}

function isColumn(term: Comparison['left'], { actors, column }: Said): boolean {
  return term.kind === 'column' && term.column === column && actors.has(term.row);
}

function compares(value: Value, op: Comparison['op'], other: Comparison['left']): boolean {
  const [left, right] = [known(value), other.kind === 'now' ? 0 : literal(other)];
  if (right === undefined || left === undefined) return true;
  if (right === null || left === null) {
    const same = left === right;
    return op === '=' ? same : op === '!=' ? !same : false;
  }
  switch (op) {
    case '=':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return true;
  }
}

/** An offset from now stands for itself, and now for 0: they are compared with nothing else. */
function known(value: Value): string | number | boolean | null | undefined {
  if (value === null || typeof value !== 'object') return value;
  return 'now' in value ? durationMs(value.now) : undefined;
}

function literal(term: Comparison['left']): string | number | boolean | null | undefined {
  if (term.kind !== 'literal') return undefined;
  const { value } = term;
  return typeof value === 'object' && value !== null ? undefined : value;
}

const FLIPPED: Partial<Record<Comparison['op'], Comparison['op']>> = {
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
};
