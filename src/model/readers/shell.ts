import { type Formula, isFalse } from '../trace/formula.ts';
import { place, whenShown, withInside } from '../trace/inside.ts';
import type { Special, Value } from '../trace/values.ts';

/** Where a layout puts what stands inside it. */
export const INSIDE: Special = place();

/** A layout whose children can't be told shows them all the same. */
export function around(screen: Value): Value {
  return isFalse(whenInside(screen)) ? { kind: 'jsx', parts: [screen, INSIDE] } : screen;
}

/** When what stands inside a layout is on screen. */
export function whenInside(value: Value): Formula {
  return whenShown(value, INSIDE);
}

/** A layout with what stands inside it put in its place. */
export function filled(layout: Value, inside: Value): Value {
  return withInside(layout, INSIDE, inside);
}
