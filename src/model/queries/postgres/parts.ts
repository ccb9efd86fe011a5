import type { Template } from '../../reader.ts';
import { type Special, stringOf, type Value } from '../../trace/values.ts';
import { fragmentOf, isMadeOf, type Part, quoted } from '../sql/fragments.ts';
import { type Helper, helperParts } from './helper.ts';

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
