import type { LayoutTable } from '../db/db.ts';
import type { TableJob } from './bulk.ts';
import { hintsOf } from './check-hints.ts';
import { isText, type Roles } from './columns.ts';
import type { Compiling } from './compile.ts';
import { lengthOf } from './literal.ts';
import type { Component } from './pools.ts';

/** Columns that CHECKs tie together, each set apart from the others. */
export function componentsOf(job: TableJob, roles: Roles, at: Compiling): Component[] {
  const { table } = job;
  const pooled = table.checks.filter(
    ({ columns }) =>
      columns && columns.length > 0 && !columns.some((column) => roles.fixed.has(column)),
  );
  return joined(pooled.map(({ columns }) => columns ?? [])).map((numbers) => {
    const checks = pooled.filter(({ columns }) => columns?.some((column) => numbers.has(column)));
    const columns = table.columns
      .filter((column) => numbers.has(column.number))
      .map((column) => {
        const own = checks.filter((check) => check.columns?.includes(column.number));
        const texts = own.map((check) => check.sql);
        const text = isText(column, at.types);
        return {
          column,
          nullable: !column.notNull && !at.needed.has(column.number),
          hints: hintsOf(texts),
          checks: texts,
          word: text
            ? at.words({
                table: table.name,
                column: column.name,
                max: lengthOf(column, at.types),
                faker: null,
                locales: at.rules.locales,
              })
            : null,
        };
      });
    const unique = columns
      .map(({ column }) => column)
      .filter(({ number }) => roles.distinct.has(number));
    return {
      table,
      columns,
      checks,
      unique,
      wanted: job.count,
      spare: at.spare,
      begun: job.offset > 0,
    };
  });
}

function joined(lists: readonly (readonly number[])[]): ReadonlySet<number>[] {
  const sets: Set<number>[] = [];
  for (const list of lists) {
    const touching = sets.filter((set) => list.some((number) => set.has(number)));
    const merged = new Set([...list, ...touching.flatMap((set) => [...set])]);
    for (const set of touching) sets.splice(sets.indexOf(set), 1);
    sets.push(merged);
  }
  return sets;
}

/** The table with what its columns' domains ask, as CHECKs and NOT NULLs of its own. */
export function withDomains(table: LayoutTable, types: Compiling['types']): LayoutTable {
  const checks = [...table.checks];
  const columns = table.columns.map((column) => {
    let [type, notNull] = [types.get(column.type), column.notNull];
    while (type?.kind === 'd') {
      notNull ||= type.notNull;
      for (const check of type.checks ?? []) {
        const sql = check.replace(/\bVALUE\b/g, column.sql);
        checks.push({ name: `${type.name} of ${column.name}`, sql, columns: [column.number] });
      }
      type = types.get(type.of ?? 0);
    }
    return { ...column, notNull };
  });
  return { ...table, columns, checks };
}
