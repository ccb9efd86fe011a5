import { all, FALSE, type Formula, isFalse, not, some, TRUE } from '../trace/formula.ts';
import type { Special, Value } from '../trace/values.ts';

/** Where a layout puts what stands inside it. */
export const INSIDE: Special = { kind: 'special', name: 'children' };

/** A layout whose children can't be told shows them all the same. */
export function around(screen: Value): Value {
  return isFalse(whenInside(screen)) ? { kind: 'jsx', parts: [screen, INSIDE] } : screen;
}

/** When what stands inside a layout is on screen. */
export function whenInside(value: Value): Formula {
  switch (value.kind) {
    case 'special':
      return value === INSIDE ? TRUE : FALSE;
    case 'jsx':
      return some(value.parts.map(whenInside));
    case 'choice':
      return some([
        all([value.when, whenInside(value.yes)]),
        all([not(value.when), whenInside(value.no)]),
      ]);
    case 'array':
      return some(
        value.items.value.map((item) => all([item.when ?? TRUE, whenInside(item.value)])),
      );
    default:
      return FALSE;
  }
}

/** A layout with what stands inside it put in its place. */
export function filled(layout: Value, inside: Value): Value {
  if (layout === INSIDE) return inside;
  if (layout.kind === 'jsx') {
    return { ...layout, parts: layout.parts.map((part) => filled(part, inside)) };
  }
  if (layout.kind !== 'choice') return layout;
  return { ...layout, yes: filled(layout.yes, inside), no: filled(layout.no, inside) };
}
