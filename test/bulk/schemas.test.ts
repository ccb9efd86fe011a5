import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { insertPlainly } from '../../evals/schemas/fill.ts';
import { isCounter } from '../../src/bulk/columns.ts';
import { readLayout } from '../../src/db/catalog/layout.ts';
import { openCopier } from '../../src/db/copy.ts';
import { StatewrightError } from '../../src/kernel/errors.ts';
import { askedIn } from '../../src/operations/generate/asked.ts';
import { freshDatabase } from '../setup/database.ts';
import { generateInto, schemaFile } from './setup.ts';

/** A junction at full density takes no row more, the application's neither. */
function isFull(cause: unknown): boolean {
  return cause instanceof StatewrightError && cause.code === 'generate.noRoom';
}

const files = readdirSync(new URL('../../fixtures/schemas/', import.meta.url)).filter((name) =>
  name.endsWith('.sql'),
);
/** These speak of the sample's own rows. */
const OF_THE_SAMPLE = new Set([
  'multiplicity',
  'json_text_preserved',
  'empty_is_not_null',
  'jsonb_null_is_not_null',
  'baseline',
  'lower_bound_kept',
]);

test.each(files)(
  '%s is filled with rows that keep everything, twice the same',
  async (name) => {
    const file = schemaFile(name);
    const rows = file.rows || 'sharp=50';
    const once = await freshDatabase(file.ddl);
    const layout = await generateInto(once, rows);
    const ask = (text: string) => once.session((sql) => sql.query(text));
    for (const [oid, count] of askedIn(rows, layout)) {
      const table = layout.tables.find((one) => one.oid === oid);
      const [found] = await ask(`select count(*)::int as n from only ${table?.sql}`);
      expect({ table: table?.sql, ...found }).toEqual({ table: table?.sql, n: count });
    }
    for (const assert of file.asserts) {
      if (OF_THE_SAMPLE.has(assert.name)) continue;
      expect({ [assert.name]: await ask(assert.sql) }).toEqual({ [assert.name]: [] });
    }
    for (const column of layout.tables.flatMap((table) =>
      table.columns.map((c) => ({ ...c, table })),
    )) {
      if (!column.sequence || !isCounter(column)) continue;
      const next = `select nextval($$${column.sequence.sql}$$) as n`;
      const [clash] = await ask(
        `with next as (${next}) select 1 from ${column.table.sql}, next where ${column.sql} = next.n`,
      );
      expect({ table: column.table.sql, clash }).toEqual({
        table: column.table.sql,
        clash: undefined,
      });
    }
    const sums = await once.checksums();
    const again = await freshDatabase(file.ddl);
    await generateInto(again, rows);
    expect(await again.checksums()).toEqual(sums);
    await using sql = await openCopier(again.url);
    for (const table of layout.tables) {
      const insert = insertPlainly([table], await readLayout(sql), sql);
      await insert.catch((cause: unknown) => {
        if (!isFull(cause)) throw new Error(`The next INSERT into ${table.sql} fails.`, { cause });
      });
    }
  },
  120_000,
);
