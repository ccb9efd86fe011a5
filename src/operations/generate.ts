import * as z from 'zod';
import { loadRows } from '../bulk/load.ts';
import { makeRows } from '../bulk/make.ts';
import { readLayout } from '../db/catalog/layout.ts';
import { openCopier } from '../db/copy.ts';
import type { Layout, LayoutTable } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { defineOperation } from '../kernel/operation.ts';
import { addressOf, assertEnrolled } from '../run/guard.ts';
import { vocabularyOf } from '../state/values/vocabulary.ts';
import { didYouMean } from './nearest.ts';
import type { Place } from './place.ts';

export const generateRows = defineOperation({
  name: 'generate',
  summary: 'Fill an enrolled database with rows that keep all its constraints',
  needs: 'database',
  input: z.object({
    db: z.string().describe('URL of the enrolled database'),
    rows: z.string().describe('How many rows of which tables: users=1000,orders=5000'),
    seed: z.coerce.string().default('1').describe('The same seed gives the same rows'),
  }),
  output: z.object({
    seed: z.string(),
    rows: z.number().int(),
    ms: z.number(),
    tables: z.array(z.object({ table: z.string(), rows: z.number().int(), ms: z.number() })),
  }),
  run: async ({ db, rows, seed }, { emit, clock }: Place) => {
    await using sql = await openCopier(db);
    await assertEnrolled(sql, addressOf(db));
    const layout = await readLayout(sql);
    const asked = askedIn(rows, layout);
    const now = () => clock.now().getTime();
    const start = now();
    emit({ kind: 'stage', stage: 'generate', total: null });
    const groups = await makeRows(layout, asked, {
      sql,
      seed,
      words: vocabularyOf,
      started: (table, count) => emit({ kind: 'note', note: `${table.sql}: ${count} rows` }),
    });
    const tables = await loadRows(groups, {
      sql,
      now,
      progress: (table, done) =>
        emit({ kind: 'progress', stage: 'generate', done, note: table.sql }),
    });
    const total = tables.reduce((sum, one) => sum + one.rows, 0);
    emit({ kind: 'done', stage: 'generate', note: `${total} rows` });
    return { seed, rows: total, ms: now() - start, tables: [...tables] };
  },
});

/** Reads `users=10,"odd.schema"."Odd=name"=5`; names as SQL writes them, bare ones in any schema if only one has it. */
export function askedIn(text: string, layout: Layout): Map<number, number> {
  const asked = new Map<number, number>();
  for (const item of itemsIn(text)) {
    const [, name = '', count = ''] = /^\s*(.+?)\s*=\s*([\d_]+)\s*$/s.exec(item) ?? [];
    if (name === '' || !/\d/.test(count)) {
      throw new StatewrightError(
        'generate.badRows',
        `"${item}" is no table=count. Nothing was written.`,
        {
          hint: 'Write --rows users=1000,orders=5000',
        },
      );
    }
    asked.set(tableNamed(name, layout).oid, Number(count.replaceAll('_', '')));
  }
  return asked;
}

function itemsIn(text: string): string[] {
  return (text.match(/(?:"(?:[^"]|"")*"|[^",])+/gs) ?? []).filter((item) => item.trim() !== '');
}

function tableNamed(name: string, { tables }: Layout): LayoutTable {
  const plain = (table: LayoutTable) => `${table.schema}.${table.name}`;
  const ways: ((table: LayoutTable) => boolean)[] = [
    (table) => table.sql === name || quoted(table) === name,
    (table) => table.schema === 'public' && (table.name === name || `"${table.name}"` === name),
    (table) => plain(table) === name,
    (table) => table.name === name,
  ];
  for (const way of ways) {
    const found = tables.filter(way);
    const [only] = found;
    if (only && found.length === 1) return only;
    if (found.length > 1) {
      throw new StatewrightError(
        'generate.ambiguousTable',
        `Several tables are called ${name}. Nothing was written.`,
        {
          hint: `Say which:\n  ${found.map((table) => table.sql).join('\n  ')}`,
        },
      );
    }
  }
  const known = tables.map((table) => (table.schema === 'public' ? table.name : plain(table)));
  throw new StatewrightError(
    'generate.unknownTable',
    `There is no table ${name}. Nothing was written.`,
    {
      hint: didYouMean(name, known, 'The database has no tables.'),
    },
  );
}

function quoted({ schema, name }: LayoutTable): string {
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  return `${quote(schema)}.${quote(name)}`;
}
