import type { Op } from '../../condition/condition.ts';
import type { JsonSchema } from '../reader.ts';

/** The numbers between two, which count themselves unless they are open. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly open?: 'least' | 'most';
}

/** The numbers that `op` lets beside one; undefined where it says nothing of order. */
export function boundsFor(op: Op, number: number): Bounds | undefined {
  switch (op) {
    case '=':
      return { least: number, most: number };
    case '<':
      return { least: -Infinity, most: number, open: 'most' };
    case '<=':
      return { least: -Infinity, most: number };
    case '>':
      return { least: number, most: Infinity, open: 'least' };
    case '>=':
      return { least: number, most: Infinity };
    default:
      return undefined;
  }
}

/** Whether one number is within all of them; lengths are whole numbers from 0. */
export function haveOneInCommon(all: readonly Bounds[], whole: boolean): boolean {
  const closed = whole ? [...all.map(closedAround), { least: 0, most: Infinity }] : all;
  const least = Math.max(...closed.map((each) => each.least));
  const most = Math.min(...closed.map((each) => each.most));
  if (least !== most) return least < most;
  return !closed.some(
    ({ open, ...each }) => open !== undefined && each[open] === (open === 'least' ? least : most),
  );
}

function closedAround({ least, most, open }: Bounds): Bounds {
  return {
    least: open === 'least' ? Math.floor(least) + 1 : Math.ceil(least),
    most: open === 'most' ? Math.ceil(most) - 1 : Math.floor(most),
  };
}

/** How long a schema lets its texts or lists be; undefined where it has others, too. */
export function lengthsOf(schema: JsonSchema, types: readonly unknown[]): Bounds | undefined {
  const [type] = types;
  if (types.length !== 1 || (type !== 'string' && type !== 'array')) return undefined;
  const [least, most] = type === 'string' ? ['minLength', 'maxLength'] : ['minItems', 'maxItems'];
  return { least: numberIn(schema, least) ?? 0, most: numberIn(schema, most) ?? Infinity };
}

/** The bounds that a schema sets its numbers; undefined where it has other values, too. */
export function numbersOf(schema: JsonSchema, types: readonly unknown[]): Bounds[] | undefined {
  if (types.length === 0 || !types.every((type) => type === 'number' || type === 'integer'))
    return undefined;
  const said: readonly (readonly [string, Op])[] = [
    ['minimum', '>='],
    ['exclusiveMinimum', '>'],
    ['maximum', '<='],
    ['exclusiveMaximum', '<'],
  ];
  return said.flatMap(([name, op]) => {
    const number = numberIn(schema, name);
    return (number !== undefined && boundsFor(op, number)) || [];
  });
}

function numberIn(schema: JsonSchema, name: string | undefined): number | undefined {
  const said = name === undefined ? undefined : schema[name];
  return typeof said === 'number' ? said : undefined;
}
