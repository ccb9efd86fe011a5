import type { LayoutColumn, LayoutTable } from '../db/db.ts';
import { baseOf, type Types } from './literal.ts';

const EARLY =
  /(^|_)(created?|starts?|started|begins?|began|from|opened|issued|joined|check_?in|arrival|since|registered|ordered|lower|min)(_|$)/;
const LATE =
  /(^|_)(updated?|modified|changed|deleted|archived|ends?|ended|to|until|till|closed|due|expires?|expired|expiry|expiration|finished|completed|check_?out|departure|resolved|cancell?ed|paid|shipped|delivered|upper|max)(_|$)/;

/** The column of the same row that comes before a date or time; null where none does. */
export function earlierThan(
  column: LayoutColumn,
  { columns, excludes, checks }: LayoutTable,
  types: Types,
): LayoutColumn | null {
  if (!isDated(column, types)) return null;
  const others = columns.filter((one) => one.number !== column.number && isDated(one, types));
  const ranges = [...excludes.flatMap(({ parts }) => parts), ...checks.map(({ sql }) => sql)];
  const bounded = others.find((one) =>
    ranges.some((text) =>
      new RegExp(`range\\(${literally(one.sql)}, ${literally(column.sql)}(?![\\w"])`).test(text),
    ),
  );
  if (bounded) return bounded;
  const [words, stem] = [wordsIn(column), stemOf(column, LATE)];
  if (!LATE.test(words)) return null;
  const early = others.filter((one) => EARLY.test(wordsIn(one)) && !LATE.test(wordsIn(one)));
  const near = early.find((one) => stemOf(one, EARLY) === stem);
  return near ?? early.find((one) => /created?/.test(wordsIn(one))) ?? early[0] ?? null;
}

function isDated(column: LayoutColumn, types: Types): boolean {
  return /^(date|timestamp|timestamptz)$/.test(baseOf(column, types).base.name);
}

function wordsIn({ name }: LayoutColumn): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

function stemOf(column: LayoutColumn, word: RegExp): string {
  return wordsIn(column)
    .replace(word, '_')
    .replace(/_(at|on|date|time)$/, '')
    .replace(/^_|_$/g, '');
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
