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
import type { Made } from '../../bulk/make.ts';
import { replaceFile } from '../../kernel/replace-file.ts';
import type { Loaded, Loading } from '../../run/load.ts';

interface Filing extends Pick<Loading, 'now' | 'progress'> {
  readonly folder: string;
  readonly format: Format;
}

/**
 * Writes rows to files of a folder: one a table, or one `rows.sql` in an order that can be run. Under its name
 * a file is whole.
 */
export async function writeFiles(
  { groups, types }: Made,
  { folder, format, now, progress }: Filing,
): Promise<readonly Loaded[]> {
  await mkdir(folder, { recursive: true });
  const start = now();
  const tables = groups.flat();
  const write = (name: string, lines: Iterable<Uint8Array>) =>
    replaceFile(join(folder, name), lines);
  const told = ({ job }: Rows): Loaded => {
    progress(job.table, job.count);
    return { table: job.table.sql, rows: job.count, ms: now() - start };
  };
  if (format === 'sql') {
    await write('rows.sql', script(groups));
    return tables.map(told);
  }
  const loaded: Loaded[] = [];
  for (const rows of tables) {
    const lines = format === 'csv' ? csvLines(rows) : jsonLines(rows, types);
    await write(`${fileOf(rows)}.${format}`, lines);
    loaded.push(told(rows));
  }
  return loaded;
}

function* script(groups: Made['groups']): Generator<Uint8Array> {
  yield Buffer.from('begin;\n');
  for (const group of groups) {
    const [only] = group;
    if (only && group.length === 1) yield* sqlLines(only);
    else yield* cycleSql(group);
  }
  for (const rows of groups.flat()) yield* sequenceSql(rows);
  yield Buffer.from('commit;\n');
}

/** What a path can't hold is written as its code. */
function fileOf({ job: { table } }: Rows): string {
  const name = table.schema === 'public' ? table.name : `${table.schema}.${table.name}`;
  return name.replace(/[^\w.-]/gu, (one) => `%${one.codePointAt(0)?.toString(16)}`);
}
