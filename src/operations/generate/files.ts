import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Rows } from '../../bulk/bulk.ts';
import {
  csvLines,
  cycleSql,
  type Format,
  jsonLines,
  sequenceSql,
  sqlLines,
} from '../../bulk/formats.ts';
import { loadScript, settingsSql } from '../../bulk/load-script.ts';
import type { Made } from '../../bulk/make.ts';
import type { LayoutTable } from '../../db/db.ts';
import { replaceFile } from '../../kernel/replace-file.ts';
import type { Loaded, Loading } from '../../run/load.ts';
import { fitted, type Outlook } from '../../run/outlook.ts';

interface Filing extends Pick<Loading, 'now' | 'progress'> {
  readonly folder: string;
  readonly format: Format;
  /** What the triggers of tables make of their rows; absent where they have none. */
  readonly outlooks: ReadonlyMap<LayoutTable, Outlook>;
}

/**
 * Writes rows to files of a folder: one a table and a `load.sql` that loads them, or one `rows.sql` in an order that
 * can be run. Under its name a file is whole.
 */
export async function writeFiles(
  { groups: made, types }: Made,
  { folder, format, now, progress, outlooks }: Filing,
): Promise<readonly Loaded[]> {
  await mkdir(folder, { recursive: true });
  const start = now();
  const settings = [...new Set([...outlooks.values()].flatMap((one) => one.settings))];
  const groups = made.map((group) => group.map((rows) => withoutFilled(rows, outlooks)));
  const tables = groups.flat();
  const write = (name: string, lines: Iterable<Uint8Array>) =>
    replaceFile(join(folder, name), lines);
  const told = ({ job }: Rows): Loaded => {
    progress(job.table, job.count);
    return { table: job.table.sql, rows: job.count, ms: now() - start };
  };
  if (format === 'sql') {
    await write('rows.sql', script(groups, settings));
    return tables.map(told);
  }
  const names = fileNames(tables);
  const fileOf = (rows: Rows) => `${names.get(rows)}.${format}`;
  const loaded: Loaded[] = [];
  for (const rows of tables) {
    await write(fileOf(rows), format === 'csv' ? csvLines(rows) : jsonLines(rows, types));
    loaded.push(told(rows));
  }
  const filed = groups.map((group) => group.map((rows) => ({ rows, file: fileOf(rows) })));
  await write('load.sql', loadScript(filed, { format, settings }));
  return loaded;
}

function withoutFilled(rows: Rows, outlooks: Filing['outlooks']): Rows {
  const outlook = outlooks.get(rows.job.table);
  return outlook ? fitted(rows, outlook) : rows;
}

function* script(groups: Made['groups'], settings: readonly string[]): Generator<Uint8Array> {
  yield Buffer.from('begin;\n');
  yield* settingsSql(settings);
  for (const group of groups) {
    const [only] = group;
    if (only && group.length === 1) yield* sqlLines(only);
    else yield* cycleSql(group);
  }
  for (const rows of groups.flat()) yield* sequenceSql(rows);
  yield Buffer.from('commit;\n');
}

/** Each table's own, on file systems too that take `Users` for `users`. */
function fileNames(tables: readonly Rows[]): ReadonlyMap<Rows, string> {
  const plain = new Map(tables.map((rows) => [rows, fileName(rows, /[^\p{L}\p{N}_-]/gu)]));
  const times = Map.groupBy(plain.values(), (name) => name.toLowerCase());
  return new Map(
    [...plain].map(([rows, name]) => [
      rows,
      times.get(name.toLowerCase())?.length === 1 ? name : fileName(rows, /[^a-z0-9_-]/gu),
    ]),
  );
}

/** `schema.table`, or the table's name in `public`; what is `odd` in a name is written as its bytes. */
function fileName({ job: { table } }: Rows, odd: RegExp): string {
  const names = table.schema === 'public' ? [table.name] : [table.schema, table.name];
  return names.map((name) => name.replace(odd, percent)).join('.');
}

function percent(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
