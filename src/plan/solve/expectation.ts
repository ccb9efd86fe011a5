import type { Condition, Term } from '../../condition/condition.ts';
import { negate } from '../../condition/logic.ts';
import type { Outcome } from '../../model/model.ts';
import type { Plan, Value } from '../plan.ts';
import type { Bound } from './bindings.ts';
import { typeOf } from './column-type.ts';
import { columnOf, tableNamed } from './setting.ts';
import { ownerOf, rowNamed, standing } from './world.ts';

type Then = Plan['then'];

/** What the last request must give back: the outcome's literals, and columns of rows the plan makes. */
export function expectationOf(bound: Bound): Then {
  const { outcome, route } = bound.solution.world.setting;
  const body: Record<string, Value> = {};
  for (const fact of outcome.body) {
    const value = factValue(bound, fact.value);
    if (value !== undefined && fact.path.length > 0) body[fact.path.join('.')] = value;
  }
  const location = outcome.location === null ? null : locationOf(bound, outcome.location);
  const when = bound.solution.world.setting.when;
  const [elsewhere, possible] = textsOf(route.outcomes, { outcome, when });
  return {
    status: statusOf(outcome),
    ...(Object.keys(body).length > 0 ? { body } : {}),
    ...(location === null ? {} : { location }),
    text: {
      present: [...new Set(outcome.text)].sort(),
      absent: elsewhere.filter((text) => !possible.some((shown) => shown.includes(text.trim()))),
    },
  };
}

/** Texts of endings that the scenario rules out, and those that may be on screen beside its own. */
function textsOf(
  outcomes: readonly Outcome[],
  { outcome, when }: { outcome: Outcome; when: readonly Condition[] },
): readonly [string[], string[]] {
  const out = outcomes.filter((other) => other.id !== outcome.id && excludes(when, other.when));
  const rest = outcomes.filter((other) => !out.includes(other));
  return [[...new Set(out.flatMap(({ text }) => text))].sort(), rest.flatMap(({ text }) => text)];
}

/** Independent parts of a page may show together: only what contradicts the scenario is surely not there. */
function excludes(when: readonly Condition[], other: readonly Condition[]): boolean {
  const sure = new Set(when.map(keyOf));
  const isExcluded = (condition: Condition): boolean =>
    condition.kind === 'any'
      ? condition.of.every((way) => way.some(isExcluded))
      : sure.has(keyOf(negate(condition)));
  return other.some(isExcluded);
}

/** Equal for conditions that say the same, wherever they stand. */
function keyOf(condition: Condition): string {
  return JSON.stringify(condition, (name, value: unknown) => (name === 'at' ? undefined : value));
}

export function statusOf(outcome: Outcome): number {
  if (outcome.status !== null) return outcome.status;
  if (outcome.kind === 'redirect') return 302;
  return outcome.kind === 'throw' ? 500 : 200;
}

function factValue(bound: Bound, term: Term): Value | undefined {
  if (term.kind === 'column') return columnRef(bound, term);
  if (term.kind !== 'literal') return undefined;
  const { value } = term;
  return value === null || typeof value !== 'object' ? value : undefined;
}

const COMPARABLE = ['text', 'uuid', 'integer', 'boolean'];

/** A column of a made row reads the same in an answer where its type prints the same everywhere. */
function columnRef(bound: Bound, term: Term & { kind: 'column' }): Value | undefined {
  const { world } = bound.solution;
  const { setting } = world;
  const owner = ownerOf(setting, term.row);
  const id = owner && world.own.get(owner.id)?.[0]?.get(term.row);
  const row = id ? rowNamed(world, standing(world, id)) : undefined;
  const column = columnOf(tableNamed(setting, term.row), term.column);
  if (row?.origin !== 'made' || !column || !COMPARABLE.includes(typeOf(column))) {
    return undefined;
  }
  const changed = setting.outcome.writes.some((write) => {
    const found = setting.writes.get(write);
    return found?.table === row.table.id && found.kind !== 'insert';
  });
  return changed ? undefined : { ref: `${bound.names.get(row.id)}.${column.name}` };
}

function locationOf(bound: Bound, term: Term): string | null {
  if (term.kind === 'literal') return typeof term.value === 'string' ? term.value : null;
  if (term.kind === 'call' && term.fn === 'concat') {
    const parts = term.args.map((arg) => locationOf(bound, arg));
    return parts.every((part) => part !== null) ? parts.join('') : null;
  }
  const value = term.kind === 'column' ? columnRef(bound, term) : undefined;
  return typeof value === 'object' && value !== null && 'ref' in value ? `{${value.ref}}` : null;
}
