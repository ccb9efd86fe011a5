import { readFileSync } from 'node:fs';
import { makeRows, type Shortfall } from '../../src/bulk/make.ts';
import type { GenerateConfig } from '../../src/config/config.ts';
import { readLayout } from '../../src/db/catalog/layout.ts';
import { openCopier } from '../../src/db/copy.ts';
import type { Database } from '../../src/db/db.ts';
import { askedIn } from '../../src/operations/generate/asked.ts';
import { rulesFor } from '../../src/operations/generate/rules.ts';
import { loadMade } from '../../src/run/load.ts';
import { vocabularyOf } from '../../src/state/values/vocabulary.ts';

/** A schema file of fixtures/schemas in its parts. */
export function schemaFile(name: string) {
  const text = readFileSync(new URL(`../../fixtures/schemas/${name}`, import.meta.url), 'utf8');
  const [ddl = ''] = text.split(/^-- @@data$/m);
  const asserts = [...text.matchAll(/^-- @assert (\w+) :: (.+)$/gm)];
  return {
    ddl,
    whole: text,
    rows: (/^-- @gen (.+)$/m.exec(text)?.[1] ?? '').trim().replace(/(?<=\d)\s+/g, ','),
    asserts: asserts.map(([, assert = '', sql = '']) => ({ name: assert, sql })),
  };
}

interface Generating {
  readonly seed?: string;
  readonly rules?: GenerateConfig | null;
  readonly fewer?: (shortfall: Shortfall) => void;
}

/** Generates into a database, straight through the parts that the operation puts together. */
export async function generateInto(
  database: Database,
  rows: string,
  { seed = '7', rules = null, fewer }: Generating = {},
) {
  await using sql = await openCopier(database.url);
  const layout = await readLayout(sql);
  const making = {
    sql,
    seed,
    words: vocabularyOf,
    rules: await rulesFor(rules, layout),
    started: () => undefined,
    ...(fewer && { fewer }),
  };
  const loaded = await loadMade(
    (write) => makeRows(layout, askedIn(rows, layout), { ...making, write }),
    {
      sql,
      now: () => 0,
      progress: () => undefined,
    },
  );
  return { ...layout, loaded };
}
