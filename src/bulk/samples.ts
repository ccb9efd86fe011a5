import type { Copier, Layout, SqlType } from '../db/db.ts';
import { hintsOf } from './check-hints.ts';
import type { Types } from './literal.ts';
import { poolOf } from './pools.ts';
import { tried } from './tried.ts';

/** The types with values of the domains that arrays, composites and ranges hold: they keep their CHECKs too. */
export async function samplesOf(
  { types }: Layout,
  { sql, seed }: { sql: Copier; seed: string },
): Promise<Types> {
  const inside = new Set(
    [...types.values()].flatMap((type) => [
      ...(type.array ? [type.element] : []),
      ...(type.fields ?? []).map((field) => field.type),
      ...(type.kind === 'r' ? [type.of ?? 0] : []),
    ]),
  );
  const sampled = new Map(types);
  for (const [oid, type] of types) {
    const checks = checksOf(type, types);
    if (!inside.has(oid) || type.kind !== 'd' || checks.length === 0) continue;
    const samples = await tried(sql, () => samplesFor(oid, checks, { types, sql, seed }), []);
    sampled.set(oid, { ...type, samples });
  }
  return sampled;
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
    columns: [column],
    uniques: [],
    foreignKeys: [],
    checks: [],
    excludes: [],
  };
  const tried = { column, nullable: false, hints: hintsOf(texts), checks: texts, word: null };
  const named = texts.map((text) => ({ name: table.name, sql: text }));
  const component = { table, columns: [tried], checks: named, unique: [], wanted: 1, begun: false };
  const pool = await poolOf(component, { sql, types, seed });
  return pool.tuples.flatMap(([value]) => value ?? []);
}
