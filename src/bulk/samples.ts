import { type Copier, type Layout, type SqlType, tried } from '../db/db.ts';
import { hintsOf } from './check-hints.ts';
import type { Types } from './literal.ts';
import { poolOf } from './pools.ts';

/**
 * The types with values of the domains that arrays, composites and ranges of those tables hold: they keep
 * their CHECKs too.
 */
export async function samplesOf(
  { types, tables }: Layout,
  { sql, seed }: { sql: Copier; seed: string },
): Promise<Types> {
  const used = usedBy(tables, types);
  const inside = new Set([...used].flatMap((oid) => heldIn(types.get(oid))));
  const sampled = new Map(types);
  for (const [oid, type] of types) {
    const checks = checksOf(type, types);
    if (!inside.has(oid) || type.kind !== 'd' || checks.length === 0) continue;
    const samples = await tried(sql, () => samplesFor(oid, checks, { types, sql, seed }), []);
    sampled.set(oid, { ...type, samples });
  }
  return sampled;
}

/** The types of the tables' columns, and all that those are made of. */
function usedBy(tables: Layout['tables'], types: Types): ReadonlySet<number> {
  const used = new Set(tables.flatMap(({ columns }) => columns.map(({ type }) => type)));
  // A set's walk meets what is added on the way.
  for (const oid of used) {
    const type = types.get(oid);
    for (const part of [...heldIn(type), ...(type?.kind === 'd' ? [type.of ?? 0] : [])]) {
      used.add(part);
    }
  }
  return used;
}

function heldIn(type: SqlType | undefined): number[] {
  return [
    ...(type?.array ? [type.element] : []),
    ...(type?.fields ?? []).map((field) => field.type),
    ...(type?.kind === 'r' ? [type.of ?? 0] : []),
  ];
}

function checksOf(type: SqlType, types: Types): string[] {
  const found: string[] = [];
  for (let at: SqlType | undefined = type; at?.kind === 'd'; at = types.get(at.of ?? 0)) {
    found.push(...(at.checks ?? []));
  }
  return found;
}

async function samplesFor(
  oid: number,
  checks: readonly string[],
  { types, sql, seed }: { types: Types; sql: Copier; seed: string },
): Promise<readonly string[]> {
  const column = {
    number: 1,
    name: 'value',
    sql: '"value"',
    type: oid,
    typmod: -1,
    notNull: true,
    identity: false,
    generated: false,
    from: [],
    comment: null,
    default: null,
    sequence: null,
  };
  const texts = checks.map((check) => check.replace(/\bVALUE\b/g, '"value"'));
  const table = {
    oid: 0,
    schema: '',
    name: types.get(oid)?.name ?? '',
    sql: types.get(oid)?.sql ?? '',
    from: '',
    triggers: false,
    foreign: null,
    columns: [column],
    uniques: [],
    foreignKeys: [],
    checks: [],
    excludes: [],
  };
  const tried = { column, nullable: false, hints: hintsOf(texts), checks: texts, word: null };
  const named = texts.map((text) => ({ name: table.name, sql: text }));
  const component = {
    table,
    columns: [tried],
    checks: named,
    unique: [],
    wanted: 1,
    spare: 0,
    begun: false,
  };
  const pool = await poolOf(component, { sql, types, seed });
  return pool.tuples.flatMap(([value]) => value ?? []);
}
