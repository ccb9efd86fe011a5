import type { ts } from '../../../kernel/syntax.ts';
import type { Formula } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { textOf } from '../../trace/source.ts';
import { choiceIn, termsIn } from '../../trace/terms.ts';
import { type Special, unknown, type Value } from '../../trace/values.ts';
import type { Change } from '../change.ts';
import { alternative } from './alternatives.ts';
import { runSql } from './run.ts';

/** A piece of a statement: text, a parameter, or one of two where a condition decides. */
export type Part =
  | string
  | { readonly value: Value }
  | { readonly when: Formula; readonly yes: readonly Part[]; readonly no: readonly Part[] };

/** A name, whose dots lead from a table to its column. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""').replaceAll('.', '"."')}"`;
}

const fragments = new WeakMap<Special, readonly Part[]>();

/** Makes a query usable inside another's template. */
export function isMadeOf<Made extends Special>(query: Made, parts: readonly Part[]): Made {
  fragments.set(query, parts);
  return query;
}

/** The pieces that a fragment, one of several, or a list of them is; undefined for a value. */
export function fragmentOf(value: Value): readonly Part[] | undefined {
  if (value.kind === 'special') return fragments.get(value);
  if (value.kind === 'array') {
    const items = value.items.value.map((item) => ({ ...item, parts: fragmentOf(item.value) }));
    if (items.length === 0 || items.some(({ parts }) => !parts)) return undefined;
    return items.flatMap(({ parts = [], when }): readonly Part[] =>
      when ? [{ when, yes: [' ', ...parts], no: [] }] : [' ', ...parts],
    );
  }
  const choice = choiceIn(value);
  if (!choice) return undefined;
  const [yes, no] = [fragmentOf(choice.yes), fragmentOf(choice.no)];
  if (!yes && !no) return undefined;
  return [
    { when: choice.when, yes: yes ?? [{ value: choice.yes }], no: no ?? [{ value: choice.no }] },
  ];
}

interface Asked {
  readonly parts: readonly Part[];
  readonly node: ts.Node;
  readonly error: Change['error'];
  /** How many alternatives have been followed. */
  readonly followed?: number;
}

type Done = ReturnType<typeof runSql>;

/** Runs what the pieces come to, each alternative on its own side; `result` makes of it what the driver gives. */
export function runParts(
  machine: Machine,
  asked: Asked,
  result: (done: NonNullable<Done>) => Value,
): Value {
  const { parts, node, error, followed = 0 } = asked;
  const at = parts.findIndex((part) => typeof part === 'object' && 'when' in part);
  const choice = parts[at];
  if (typeof choice !== 'object' || !('when' in choice)) {
    const { text, params } = written(parts);
    const done = runSql(machine, { text, params, node, error });
    return done ? result(done) : unknown(textOf(node), params.flatMap(termsIn));
  }
  const on = (side: readonly Part[]) => {
    const whole = [...parts.slice(0, at), ...side, ...parts.slice(at + 1)];
    return runParts(machine, { ...asked, parts: whole, followed: followed + 1 }, result);
  };
  const { when, yes, no } = choice;
  const about = { when, followed, isEmpty: isEmpty(yes) };
  return alternative(machine, about, { yes: () => on(yes), no: () => on(no) });
}

function written(parts: readonly Part[]): { text: string; params: readonly Value[] } {
  const params: Value[] = [];
  const texts = parts.map((part) => {
    if (typeof part === 'string') return part;
    return 'value' in part ? `$${params.push(part.value)}` : '';
  });
  return { text: texts.join(''), params };
}

function isEmpty(parts: readonly Part[]): boolean {
  return parts.every((part) => typeof part === 'string' && part.trim() === '');
}
