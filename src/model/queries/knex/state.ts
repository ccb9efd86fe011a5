import type { Node } from 'libpg-query';
import { type Formula, not } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { type Cell, cell, type Value } from '../../trace/values.ts';
import type { Change } from '../change.ts';
import { and, or, param } from '../sql/nodes.ts';

/** What a builder is told, call by call: Knex's builders change in place. */
export interface State {
  readonly kind: 'select' | 'insert' | 'update' | 'delete';
  readonly table: string | null;
  readonly from: readonly Node[];
  readonly targets: readonly Node[];
  /** Conditions joined by AND, group by group joined by OR. */
  readonly where: readonly (readonly Node[])[];
  readonly grouped: boolean;
  readonly limit: Node | null;
  readonly offset: Node | null;
  readonly takes: 'all' | 'first' | 'column';
  readonly values: Value | null;
  readonly returning: readonly Node[];
  readonly onConflict: Change['onConflict'];
  readonly alias: string | null;
}

const EMPTY: State = {
  kind: 'select',
  table: null,
  from: [],
  targets: [],
  where: [[]],
  grouped: false,
  limit: null,
  offset: null,
  takes: 'all',
  values: null,
  returning: [],
  onConflict: 'throw',
  alias: null,
};

/** A builder's state; conditions that only one side of a branch adds hold on that side alone. */
export function stateCell(machine: Machine, start: Partial<State>): Cell<State> {
  return cell<State>({ ...EMPTY, ...start }, (when, yes, no) => {
    const base = yes.where.length >= no.where.length ? yes : no;
    const limit = yes.limit === no.limit ? yes.limit : null;
    const offset = yes.offset === no.offset ? yes.offset : null;
    return {
      ...base,
      limit,
      offset,
      where: mergedWhere(machine, when, { yes: yes.where, no: no.where }),
    };
  });
}

type Groups = State['where'];

function mergedWhere(
  machine: Machine,
  when: Formula,
  { yes, no }: { yes: Groups; no: Groups },
): Groups {
  const length = Math.max(yes.length, no.length);
  return Array.from({ length }, (_, index) => {
    const [left, right] = [yes[index] ?? [], no[index] ?? []];
    const same = left.filter((node) => right.includes(node));
    const own = (nodes: readonly Node[], under: Formula) =>
      nodes
        .filter((node) => !same.includes(node))
        .map((node) => or([param(machine, { kind: 'test', formula: not(under) }), node]));
    return [...same, ...own(left, when), ...own(right, not(when))];
  });
}

/** The whole condition; null where nothing is asked. */
export function conditionOf({ where }: State): Node | null {
  const groups = where.filter((group) => group.length > 0).map((group) => and(group));
  return groups.length > 0 ? or(groups) : null;
}
