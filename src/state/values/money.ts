import type { Domain } from './domain.ts';
import { rangeOf } from './family.ts';
import type { ValueKind } from './value.ts';
import { words } from './words.ts';

const amounts =
  /(^|_)(price|amount|total|subtotal|cost|fee|balance|salary|rent|budget|revenue|tax|cents|fare)(_|$)/;

export const currency: ValueKind = {
  name: 'currency',
  version: 1,
  families: ['text'],
  matches: /(^|_)currency(_?code)?$/,
  make: ({ draw, max }) => draw.pick(words.currencies).code.slice(0, max ?? 3),
};

/** Between 1 and 200 of the currency; whole numbers are taken for cents. */
export const money: ValueKind = {
  name: 'money',
  version: 1,
  families: ['integer', 'numeric', 'float'],
  matches: amounts,
  make: ({ draw, domain, family, column }) => {
    const cents = 100 + draw.int(19_900);
    if (family === 'integer') return within(cents, domain, column.type);
    return within(cents / 100, domain, column.type);
  },
};

export const number: ValueKind = {
  name: 'number',
  version: 1,
  families: ['integer', 'numeric', 'float'],
  make: ({ draw, domain, column }) => within(1 + draw.int(100), domain, column.type),
};

/** The number moved into the domain and the type's range; as text where a float would round it. */
export function within(number: number, domain: Domain, type: string): number {
  const range = rangeOf(type);
  const step = range.scale === 0 ? 1 : 10 ** -range.scale;
  const low = Math.max(range.min, edge(domain.min, domain.minOpen ? step : 0));
  const high = Math.min(range.max, edge(domain.max, domain.maxOpen ? -step : 0, 1));
  let chosen = Math.min(high, Math.max(low, number));
  while (domain.not.includes(chosen) && chosen + step <= high) chosen += step;
  return Number(chosen.toFixed(range.scale));
}

function edge(bound: number | null, inward: number, sign: 1 | -1 = -1): number {
  return bound === null ? sign * Number.POSITIVE_INFINITY : bound + inward;
}
