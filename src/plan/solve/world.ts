import type { Table } from '../../db/db.ts';
import type { Query } from '../../model/model.ts';
import type { Formula } from './formula.ts';
import type { Setting } from './setting.ts';

/** `session` rows are made by signing in, `written` ones by the request itself. */
export interface WorldRow {
  readonly id: string;
  readonly table: Table;
  readonly origin: 'made' | 'session' | 'written';
}

/** A result row of a query: the row each of its ids (its own, its joins') stands for. */
export type Tuple = ReadonlyMap<string, string | null>;

/** The rows a scenario is tried with, before any value is chosen. */
export interface World {
  readonly setting: Setting;
  readonly rows: ReadonlyMap<string, WorldRow>;
  /** Result rows that a query must have. */
  readonly own: ReadonlyMap<string, readonly Tuple[]>;
  /** Rows found to be the same row as another. */
  readonly alias: ReadonlyMap<string, string>;
  /** Equalities that tie foreign keys to the rows that keep them. */
  readonly links: readonly Formula[];
  /** The acting user's row, where somebody acts. */
  readonly actor: string | null;
  /** Whether an insert may come upon the row that has its key already, and update it. */
  readonly upserts: boolean;
}

/** The row that stands for this one after merging. */
export function standing(world: World, row: string): string {
  let current = row;
  for (let next = world.alias.get(current); next !== undefined; next = world.alias.get(current)) {
    current = next;
  }
  return current;
}

/** The distinct rows, in the order of their ids. */
export function rowsOf(world: World): readonly WorldRow[] {
  const known = DISTINCT.get(world.rows);
  if (known && known.alias === world.alias) return known.rows;
  const rows = [...world.rows.values()].filter((row) => !world.alias.has(row.id));
  rows.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  DISTINCT.set(world.rows, { alias: world.alias, rows });
  return rows;
}

const DISTINCT = new WeakMap<
  World['rows'],
  { alias: World['alias']; rows: readonly WorldRow[] }
>();

export function rowNamed(world: World, id: string): WorldRow | undefined {
  return world.rows.get(standing(world, id));
}

/** The query whose result an id belongs to: itself, or the one that joins it. */
export function ownerOf(setting: Setting, id: string): Query | undefined {
  return setting.queries.get(id) ?? setting.joins.get(id);
}

/** The world in which two rows are one, going by the second's name. */
export function merged(world: World, from: string, into: string): World {
  const [gone, kept] = [standing(world, from), standing(world, into)];
  return gone === kept ? world : { ...world, alias: new Map([...world.alias, [gone, kept]]) };
}

export function withRow(world: World, row: WorldRow): World {
  return { ...world, rows: new Map([...world.rows, [row.id, row]]) };
}

export function isActor(world: World, row: string): boolean {
  return world.actor !== null && standing(world, world.actor) === standing(world, row);
}
