import type { Comparison, Condition, Term } from '../condition/condition.ts';
import type { Catalog } from '../db/db.ts';
import type { Query } from '../model/model.ts';

/** What a state's ending asks for: conditions, and the reads they name. */
export interface Asked {
  readonly when: readonly Condition[];
  readonly reads: readonly Query[];
}

/** Tables whose rows, whoever made them, are counted or added up in a way that other people's rows can upset. */
export function countedWhole({ when, reads }: Asked, catalog: Catalog): string[] {
  const found = when.flatMap((condition) => {
    if (condition.kind !== 'count' && condition.kind !== 'aggregate') return [];
    return (
      queriesIn(condition)
        .filter(({ counts }) => !counts || !onlyGrows(condition))
        .flatMap(({ query }) => reads.find(({ id }) => id === query) ?? [])
        // What the database lacks is told elsewhere.
        .filter(({ table }) => catalog.tables.some(({ id }) => id === table))
        .filter((query) => !isScoped(query, reads, catalog))
    );
  });
  return [...new Set(found.map(({ table }) => table))].sort();
}

/** A number of rows that has to be reached stays reached, whatever others add. */
function onlyGrows({ left, op }: Comparison): boolean {
  return /^>/.test(op) ? left.kind === 'aggregate' : /^<=?$/.test(op) && left.kind !== 'aggregate';
}

function queriesIn({ left, right }: Comparison) {
  return [left, right].flatMap((term) =>
    term.kind === 'aggregate' ? [{ query: term.query, counts: term.op === 'count' }] : [],
  );
}

/** Whether only rows are read that refer to a row of the route's own, or whose key the request names. */
function isScoped(query: Query, reads: readonly Query[], catalog: Catalog): boolean {
  const own = [query.id, ...query.joins.map(({ id }) => id)];
  const on = [...query.where, ...query.joins.flatMap((join) => (join.inner ? join.on : []))];
  const above = reads.find(({ id }) => id === query.of);
  return (
    on.some((condition) => ties(condition, { own, query, catalog })) ||
    (above !== undefined && isScoped(above, reads, catalog))
  );
}

interface Tying {
  readonly own: readonly string[];
  readonly query: Query;
  readonly catalog: Catalog;
}

function ties(condition: Condition, { own, query, catalog }: Tying): boolean {
  if (condition.kind !== 'compare' || condition.op !== '=') return false;
  const sides: readonly Term[] = [condition.left, condition.right];
  const mine = sides.find((term) => term.kind === 'column' && own.includes(term.row));
  const theirs = sides.find((term) => term !== mine);
  if (mine?.kind !== 'column' || !theirs) return false;
  if (theirs.kind === 'column') return !own.includes(theirs.row);
  if (theirs.kind !== 'input') return false;
  const joined = query.joins.find(({ id }) => id === mine.row);
  const table = catalog.tables.find(({ id }) => id === (joined?.table ?? query.table));
  const keys = [
    table?.primaryKey ?? [],
    ...(table?.uniques ?? []).map(({ columns }) => columns),
    ...(table?.foreignKeys ?? []).map(({ columns }) => columns),
  ];
  return keys.some(([column, ...more]) => more.length === 0 && column === mine.column);
}
