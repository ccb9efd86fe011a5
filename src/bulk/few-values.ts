import type { LayoutColumn, LayoutTable } from '../db/db.ts';
import { hintsOf } from './check-hints.ts';
import { baseOf, type Types } from './literal.ts';

const MOST = 10_000;

/** A column of few values, as the text of each: all that it can have and maybe some that a CHECK is against. */
export interface Few {
  readonly column: number;
  readonly values: readonly string[];
}

/** The values of a column whose type or own CHECKs leave only a few; null where they are many, or not known. */
export function fewValues(column: LayoutColumn, table: LayoutTable, types: Types): Few | null {
  const few = (values: readonly string[]) => ({
    column: column.number,
    values: [...new Set(values)],
  });
  const { base } = baseOf(column, types);
  if (base.labels) return few(base.labels);
  if (base.name === 'bool') return few(['t', 'f']);
  const isNumber = /^(int[248]|numeric|float[48])$/.test(base.name);
  if (isListed(column, table)) {
    const { numbers, texts } = hintsOf(ownChecks(column, table));
    return few(isNumber ? numbers.map(String) : texts);
  }
  const { low, high } = boundsOf(column, table);
  if (!/^int[248]$/.test(base.name) || low === null || high === null || high - low >= MOST) {
    return null;
  }
  return few(Array.from({ length: Math.max(0, high - low + 1) }, (_, at) => String(low + at)));
}

/** A CHECK lists its values: they are too few for one a row. */
function isListed(column: LayoutColumn, table: LayoutTable): boolean {
  return ownChecks(column, table).some((sql) => / = (ANY|'|\(?-?\d)/.test(sql));
}

/** What a column's own CHECKs bound it by, in whole numbers; `odd` where they ask for something else as well. */
export function boundsOf(
  column: LayoutColumn,
  table: LayoutTable,
): { readonly low: number | null; readonly high: number | null; readonly odd: boolean } {
  const name = column.sql.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const bound = new RegExp(
    `\\(*${name}\\)? (>=|>|<=|<) \\(?'?(-?\\d+(?:\\.\\d+)?)'?\\)?(?:::[a-z ]+)?\\)*`,
    'g',
  );
  let low: number | null = null;
  let high: number | null = null;
  let odd = false;
  for (const sql of ownChecks(column, table)) {
    for (const [, operator = '', text] of sql.matchAll(bound)) {
      const value = Number(text);
      if (operator === '>' || operator === '>=') {
        const least = operator === '>' ? Math.floor(value) + 1 : Math.ceil(value);
        low = Math.max(low ?? least, least);
      } else {
        const most = operator === '<' ? Math.ceil(value) - 1 : Math.floor(value);
        high = Math.min(high ?? most, most);
      }
    }
    odd ||= !/^[\s()]*(AND[\s()]*)*$/.test(sql.replace(bound, ' '));
  }
  return odd ? { low: null, high: null, odd } : { low, high, odd };
}

function ownChecks({ number }: LayoutColumn, { checks }: LayoutTable): string[] {
  return checks.flatMap(({ columns, sql }) =>
    columns?.length === 1 && columns[0] === number ? [sql] : [],
  );
}
