import { arrayOf } from './composites.ts';
import { all, FALSE, type Formula, not, some, TRUE } from './formula.ts';
import type { Special, Value } from './values.ts';

/** What a component is given in place of what stands inside it, which is rendered once the component has been. */
export function place(): Special {
  return { kind: 'special', name: 'children' };
}

/** When what stands inside is on screen. */
export function whenShown(screen: Value, inside: Special): Formula {
  const shown = (value: Value) => whenShown(value, inside);
  switch (screen.kind) {
    case 'special':
      return screen === inside ? TRUE : FALSE;
    case 'jsx':
      return some(screen.parts.map(shown));
    case 'choice':
      return some([
        all([screen.when, shown(screen.yes)]),
        all([not(screen.when), shown(screen.no)]),
      ]);
    case 'array':
      return some(screen.items.value.map((item) => all([item.when ?? TRUE, shown(item.value)])));
    default:
      return FALSE;
  }
}

/** A screen with something put where what stands inside it belongs. */
export function withInside(screen: Value, inside: Special, content: Value): Value {
  const fill = (value: Value) => withInside(value, inside, content);
  if (screen === inside) return content;
  if (screen.kind === 'jsx') return { ...screen, parts: screen.parts.map(fill) };
  if (screen.kind === 'array')
    return arrayOf(screen.items.value.map((item) => ({ ...item, value: fill(item.value) })));
  if (screen.kind !== 'choice') return screen;
  return { ...screen, yes: fill(screen.yes), no: fill(screen.no) };
}
