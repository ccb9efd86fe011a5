import type { Column, Table } from '../../db/db.ts';
import type { Json } from '../../kernel/digest.ts';
import type { Draw } from '../../kernel/draw.ts';
import { type Domain, domainOf } from './domain.ts';
import { draw } from './draw.ts';
import { type Family, familyOf } from './family.ts';
import { within } from './money.ts';
import { fromPattern, matches } from './pattern.ts';
import { valueKinds } from './registry.ts';
import { isOffset, type Offset, type ValueKind, type Wanted, wordsOf } from './value.ts';

/** Where a value belongs: it depends on these and on nothing else. */
export interface Spot {
  readonly seed: string;
  readonly table: Table;
  readonly column: Column;
  /** The plan's name of the row, and which of several it is. */
  readonly row: string;
  readonly index: number;
  /** Asks for the next candidate after one that was taken, 0 at first. */
  readonly attempt?: number;
}

/** The value a column gets where nothing sets it; honours its type, its length and its simple CHECKs. */
export function generate(spot: Spot): Json | Offset {
  const { table, column } = spot;
  const family = familyOf(column);
  if (column.array) return [];
  const domain = domainOf(table, column);
  const kind = kindFor(table, column, family);
  const value = kind.make(wantedAt(spot, { family, domain, kind }));
  return isOffset(value) ? value : fitted(value, { spot, domain, family, kind });
}

/** A value of a kind by its name (`{fake: 'email'}`); undefined where there is no such kind. */
export function generateKind(name: string, spot: Spot): Json | Offset | undefined {
  const kind = valueKinds.find((candidate) => candidate.name === name);
  if (!kind) return undefined;
  const domain = domainOf(spot.table, spot.column);
  return kind.make(wantedAt(spot, { family: familyOf(spot.column), domain, kind }));
}

function kindFor(table: Table, column: Column, family: Family): ValueKind {
  const name = wordsOf(column.name);
  const kind = valueKinds.find(
    (candidate) =>
      candidate.families.includes(family) &&
      (candidate.matches?.test(name) ?? true) &&
      (candidate.within?.test(wordsOf(table.name)) ?? true),
  );
  if (!kind) throw new RangeError(`No kind of value for ${table.id}.${column.name}.`);
  return kind;
}

interface Choice {
  readonly family: Family;
  readonly domain: Domain;
  readonly kind: ValueKind;
}

function wantedAt(spot: Spot, { family, domain, kind }: Choice): Wanted {
  return {
    table: spot.table.id,
    column: spot.column,
    family,
    domain,
    max: lesser(spot.column.maxLength, domain.maxLength),
    draw: drawAt(spot, kind),
  };
}

function drawAt({ seed, table, column, row, index, attempt }: Spot, kind: ValueKind): Draw {
  const place = [table.id, column.name, row, index] as const;
  const key = `${seed}\u0000${kind.name}\u0000${kind.version}`;
  return attempt ? draw(key, ...place, `again ${attempt}`) : draw(key, ...place);
}

/** What the CHECKs ask beyond the kind's own idea: one of a list, a pattern, a length, a bound. */
function fitted(value: Json, at: Choice & { readonly spot: Spot }): Json {
  const { domain, family, spot, kind } = at;
  if (domain.values && !domain.values.includes(value)) {
    const free = domain.values.filter((candidate) => !domain.not.includes(candidate));
    return free[(spot.attempt ?? 0) % Math.max(1, free.length)] ?? value;
  }
  if (typeof value === 'number') return within(value, domain, spot.column.type);
  if (typeof value !== 'string' || family !== 'text') return value;
  if (domain.pattern !== null && !matches(domain.pattern, value)) {
    return fromPattern(domain.pattern, drawAt(spot, kind)) ?? value;
  }
  return lengthened(value, domain, drawAt(spot, kind));
}

function lengthened(value: string, domain: Domain, source: Draw): string {
  const missing = domain.minLength - value.length;
  return missing > 0 ? value + source.hex(missing) : value;
}

function lesser(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}
