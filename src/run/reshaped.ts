import { identity, keyOf, type Table } from '../db/db.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { eachRow, type Image, type Made } from './made.ts';

/**
 * Throws `run.schemaChanged` where the entries speak of a table, or of columns that find its rows, which the
 * database no longer has by that name: the rows may well stand, but nothing here finds them.
 */
export function assertShape(made: readonly Made[], tables: ReadonlyMap<string, Table>): void {
  for (const entry of made) {
    for (const { of, row } of eachRow(entry)) {
      const table = tables.get(of.table);
      if (!table) throw schemaChanged(entry, of.table, 'is not there any more under that name');
      const image = entry.kind === 'adjust' ? ((row['new'] ?? {}) as Image) : row;
      const lost = lostColumns({ entry, table, image, key: of.key });
      if (lost.length > 0) {
        throw schemaChanged(
          entry,
          of.table,
          `has another key or other columns (${lost.join(', ')})`,
        );
      }
    }
  }
}

interface Place {
  readonly entry: Made;
  readonly table: Table;
  readonly image: Image;
  readonly key: readonly string[] | undefined;
}

/** Columns that find the row, which the table has and the entry doesn't, or the other way round. */
function lostColumns({ entry, table, image, key }: Place): readonly string[] {
  const there = new Set(table.columns.map(({ name }) => name));
  const known = (name: string) => there.has(name) && Object.hasOwn(image, name);
  const isCall = entry.kind === 'call' && !identity(table).every(known);
  const by = (entry.kind === 'adjust' || isCall ? key : undefined) ?? identity(table);
  // Without a key a row is told by all it holds.
  const whole = keyOf(table).length > 0 || isCall ? [] : Object.keys(image);
  const changed = entry.kind === 'adjust' ? (entry.shape[0]?.columns ?? []) : [];
  return [...new Set([...by, ...whole, ...changed])].filter((name) => !known(name));
}

function schemaChanged(entry: Made, table: string, how: string): StatewrightError {
  const forget = `delete from statewright.made where id = ${entry.id}`;
  return new StatewrightError(
    'run.schemaChanged',
    `Table "${table}", of which the run made or changed rows, ${how}: they can't be found. Nothing was taken away. Undo that change and try again; or, if the rows are gone or you delete them yourself, run \`${forget}\` and try again`,
    {
      hint: 'The schema was changed while the state stood. Take states down before you migrate.',
      facts: { table, entry: entry.id },
    },
  );
}
