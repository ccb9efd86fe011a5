import { all, FALSE, type Formula, not, some } from './formula.ts';
import { literalOf, type Value } from './values.ts';

interface Shape {
  readonly key: string;
  /** When the value has this shape. */
  readonly when: Formula;
  readonly value: Value;
}

/** As many shapes as one result may have. */
const SHAPES = 4;

/**
 * `when ? yes : no` as one object of each shape: objects of the same fields become one by `join`, which is given two of
 * them; nothing stays nothing, and special values themselves. Undefined where anything else is among them, or too many
 * shapes.
 */
export function byShape(
  when: Formula,
  { yes, no }: { readonly yes: Value; readonly no: Value },
  join: (when: Formula, yes: Value, no: Value) => Value,
): Value | undefined {
  const shapes = joined(when, { yes: shapesOf(yes, join), no: shapesOf(no, join) }, join);
  if (!shapes || shapes.length > SHAPES) return undefined;
  const [last, ...others] = [...shapes].reverse();
  return others.reduce<Value | undefined>(
    (value, shape) => value && { kind: 'choice', when: shape.when, yes: shape.value, no: value },
    last?.value,
  );
}

type Join = Parameters<typeof byShape>[2];

function shapesOf(value: Value, join: Join): readonly Shape[] | undefined {
  if (value.kind === 'choice') {
    const sides = { yes: shapesOf(value.yes, join), no: shapesOf(value.no, join) };
    return joined(value.when, sides, join);
  }
  const key = shapeOf(value);
  return key === undefined ? undefined : [{ key, when: all([]), value }];
}

function joined(
  when: Formula,
  {
    yes,
    no,
  }: { readonly yes: readonly Shape[] | undefined; readonly no: readonly Shape[] | undefined },
  join: Join,
): readonly Shape[] | undefined {
  if (!yes || !no) return undefined;
  const keys = new Set([...yes, ...no].map(({ key }) => key));
  return [...keys].flatMap((key) => {
    const one = yes.find((shape) => shape.key === key);
    const other = no.find((shape) => shape.key === key);
    const holds = some([all([when, one?.when ?? FALSE]), all([not(when), other?.when ?? FALSE])]);
    const value = one && other ? join(when, one.value, other.value) : (one ?? other)?.value;
    return value ? [{ key, when: holds, value }] : [];
  });
}

const identities = new WeakMap<Value, string>();
let specials = 0;

/** What tells objects apart before a look at what their fields hold; what is no object of the code's is its own shape. */
function shapeOf(value: Value): string | undefined {
  if (value.kind === 'undefined') return 'undefined';
  if (literalOf(value) === null) return 'null';
  if (value.kind === 'special') {
    const known = identities.get(value) ?? `special ${specials++}`;
    identities.set(value, known);
    return known;
  }
  if (value.kind !== 'object' || value.open.value) return undefined;
  return [...value.fields.value.keys()].sort().join();
}
