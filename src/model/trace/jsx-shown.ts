import type { Place } from '../../condition/condition.ts';
import { all, atom, type Formula, formulaKey, given, isTrue, not, TRUE } from './formula.ts';
import { partsOf, together } from './jsx-facts.ts';
import { anyRow, householdOf, rowIn, someRow, withdraw, witnesses } from './jsx-rows.ts';
import type { Machine } from './machine.ts';
import { type ListValue, literalOf, type Value } from './values.ts';

/** Something on screen with the conditions it stands under, outermost first. */
export interface Shown {
  /** A literal; null for data, and for nothing where `blank`. */
  readonly text: string | null;
  /** True for a branch of its own that shows nothing: `if (none) return null`. */
  readonly blank: boolean;
  readonly under: readonly Formula[];
}

interface Standing {
  readonly machine: Machine;
  readonly under: readonly Formula[];
  readonly at: Place;
}

/** What a rendered value shows, in the order of the page. */
export function shownIn(value: Value, standing: Standing): Shown[] {
  const { under } = standing;
  const within = (part: Value, when: Formula) =>
    shownIn(part, isTrue(when) ? standing : { ...standing, under: [...under, when] });
  switch (value.kind) {
    case 'jsx':
      return value.parts.flatMap((part) => within(part, TRUE));
    case 'choice': {
      const yes = within(value.yes, value.when);
      const no = within(value.no, not(value.when));
      if (yes.length > 0 || no.length === 0) return [...yes, ...no];
      return [{ text: null, blank: true, under: [...under, value.when] }, ...no];
    }
    case 'array':
      return value.items.value.flatMap((item) => within(item.value, item.when ?? TRUE));
    case 'list':
      return inRows(value, standing);
    case 'term':
      return inText(value, under);
    case 'unknown':
      return [{ text: null, blank: false, under }];
    default:
      return [];
  }
}

function inText(value: Value & { kind: 'term' }, under: readonly Formula[]): Shown[] {
  const said = literalOf(value);
  if (said === undefined) return [{ text: null, blank: false, under }, ...written(value, under)];
  const text = typeof said === 'string' ? plainText(said) : '';
  return /[\p{L}\p{N}]/u.test(text) ? [{ text, blank: false, under }] : [];
}

/** The words between the data of a text put together. */
function written({ term }: Value & { kind: 'term' }, under: readonly Formula[]): Shown[] {
  if (term.kind !== 'call' || term.fn !== 'concat') return [];
  return term.args.flatMap((part): Shown[] => {
    const text = part.kind === 'literal' ? String(part.value).replace(/\s+/g, ' ') : '';
    return /[\p{L}\p{Sc}]/u.test(text) ? [{ text, blank: false, under }] : [];
  });
}

function plainText(text: string): string {
  const bare = text.includes('<') ? text.replace(/<[^>]*>/g, ' ') : text;
  return bare.replace(/\s+/g, ' ').trim();
}

/** What stands in each row: under a condition on the row it shows where some row is like that. */
function inRows(list: ListValue, { machine, under, at }: Standing): Shown[] {
  const there = atom({ kind: 'exists', at, query: list.query });
  const any = anyRow(machine, list.query, at);
  const inside = shownIn(list.element(any.id), { machine, under: [], at });
  const rows = witnesses(machine, list.query).map((row) => householdOf(machine, row));
  const shown = inside.map((each): Shown => {
    const parts = partsOf(together(each.under));
    const row = parts.map((part) => rowIn(part, rows)).find(Boolean);
    if (!row) return { ...each, under: [...under, there, ...parts] };
    const rest = parts.filter((part) => !rowIn(part, rows));
    const about = partsOf(given(all(parts), new Set(rest.map(formulaKey))));
    return { ...each, under: [...under, there, ...rest, someRow(machine, { row, about }, at)] };
  });
  withdraw(machine, any);
  return [{ text: null, blank: false, under: [...under, there] }, ...shown];
}
