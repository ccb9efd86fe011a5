import type { Template } from '../../reader.ts';
import { choiceIn } from '../../trace/terms.ts';
import { type Special, stringOf, type Value } from '../../trace/values.ts';
import { helperParts } from './helper.ts';
import { type Helper, type Part, quoted } from './part.ts';

const fragments = new WeakMap<Special, readonly Part[]>();

/** Makes a query usable inside another's template. */
export function isMadeOf<Made extends Special>(query: Made, parts: readonly Part[]): Made {
  fragments.set(query, parts);
  return query;
}

const helpers = new WeakMap<Special, Helper>();

/** A helper: what it writes depends on the words before it. */
export function sqlHelper(first: Value, columns: readonly Value[]): Special {
  const made: Special = { kind: 'special', name: 'postgres.helper' };
  helpers.set(made, { first, columns });
  return made;
}

/** `sql('name')`. */
export function isIdentifier(first: Value, rest: readonly Value[]): boolean {
  return rest.length === 0 && stringOf(first) !== undefined;
}

export function identifier(name: string): Special {
  return isMadeOf({ kind: 'special', name: 'postgres.identifier' }, [quoted(name)]);
}

/** A template's text with what stands in its holes (postgres.js's `stringify`). */
export function templateParts({ texts, values }: Template): readonly Part[] {
  let parts: readonly Part[] = [];
  texts.forEach((text, index) => {
    parts = [...parts, text];
    const value = values[index];
    if (value) parts = withValue(parts, value);
  });
  return parts;
}

function withValue(before: readonly Part[], value: Value): readonly Part[] {
  const helper = value.kind === 'special' ? helpers.get(value) : undefined;
  if (helper) return helperParts(before, helper);
  return [...before, ...(fragmentOf(value) ?? [{ value }])];
}

/** The pieces that a fragment, one of several, or a list of them is; undefined for a value. */
function fragmentOf(value: Value): readonly Part[] | undefined {
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
