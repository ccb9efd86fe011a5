import type { Layout, LayoutTable } from '../../db/db.ts';
import { StatewrightError } from '../../kernel/errors.ts';
import { quoted } from '../../kernel/sql-text.ts';
import { didYouMean } from '../nearest.ts';

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

/** The table of that name. Throws `generate.ambiguousTable` or `generate.unknownTable`. */
export function tableNamed(name: string, { tables }: Layout): LayoutTable {
  const plain = (table: LayoutTable) => `${table.schema}.${table.name}`;
  const ways: ((table: LayoutTable) => boolean)[] = [
    (table) => table.sql === name || quotedName(table) === name,
    (table) => table.schema === 'public' && (table.name === name || quoted(table.name) === name),
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

function quotedName({ schema, name }: LayoutTable): string {
  return `${quoted(schema)}.${quoted(name)}`;
}
