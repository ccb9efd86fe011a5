import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyText } from '../../src/bulk/copy-text.ts';
import { openCopier } from '../../src/db/copy.ts';
import type { Copier } from '../../src/db/db.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { type BulkTable, createTables, generateTable, makeTable } from './bulk-tables.ts';
import { rivalOf } from './drizzle-seed.ts';
import { type Comparison, spread, timed } from './measure.ts';

const rounds = 5;
const sizes = { narrow: 1_000_000, wide: 200_000 };
/** The rival is slower by far: as many rows as it writes in a second or two say its rate. */
const rivals = { narrow: 40_000, wide: 10_000 };
const peaks = [1_000_000, 10_000_000] as const;

/** Rows made and written, beside COPY of the very same rows from memory and beside drizzle-seed. */
export async function bulkBench(): Promise<readonly Comparison[]> {
  const home = await mkdtemp(join(tmpdir(), 'statewright-bench-'));
  const server = await startEmbedded({ home });
  try {
    await using sql = await openCopier(server.url);
    await createTables(sql);
    const found: Comparison[] = [];
    for (const name of ['narrow', 'wide'] as const) {
      found.push(...(await inTurns(name, sql, server.url)));
    }
    found.push(await memory(sql));
    return found;
  } finally {
    await server.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function inTurns(name: BulkTable, sql: Copier, url: string): Promise<Comparison[]> {
  const count = sizes[name];
  const [ours, copied, seeded]: [number[], number[], number[]] = [[], [], []];
  await using rival = rivalOf(name, url);
  const [[rows] = []] = await makeTable(name, count, sql);
  if (!rows) throw new RangeError(`No rows for ${name}.`);
  const ready = [...copyText(rows, { from: 0, to: count })];
  const names = rows.columns.map((column) => column.sql).join(', ');
  const empty = () => sql.query(`truncate ${name} restart identity`);
  for (let round = 0; round < rounds; round++) {
    await empty();
    ours.push(await rate(count, () => generateTable(name, count, { sql })));
    await empty();
    copied.push(await rate(count, () => sql.copyIn(`copy ${name} (${names}) from stdin`, ready)));
    await empty();
    seeded.push(await rate(rivals[name], () => rival.seed(rivals[name])));
  }
  await empty();
  const common = { unit: '/s', ours: spread(ours) } as const;
  return [
    {
      ...common,
      name: `generate ${count} rows of a ${name} table`,
      beside: 'COPY of the same rows from memory',
      theirs: spread(copied),
      aim: 0.7,
    },
    {
      ...common,
      name: `generate rows of a ${name} table`,
      beside: 'drizzle-seed',
      theirs: spread(seeded),
      aim: 15,
    },
  ];
}

async function rate(count: number, work: () => Promise<unknown>): Promise<number> {
  return (count / (await timed(work))) * 1000;
}

/** The most memory this process holds while it writes; the larger count comes second. */
async function memory(sql: Copier): Promise<Comparison> {
  const highest: number[] = [];
  for (const count of peaks) {
    await sql.query('truncate narrow restart identity');
    const samples: number[] = [];
    const progress = () => void samples.push(process.memoryUsage().rss / 2 ** 20);
    await generateTable('narrow', count, { sql, progress });
    highest.push(Math.max(...samples));
  }
  const [few = Number.NaN, many = Number.NaN] = highest;
  return {
    name: `peak memory for ${peaks[1]} rows`,
    beside: `for ${peaks[0]} rows`,
    unit: 'MB',
    ours: spread([many]),
    theirs: spread([few]),
    aim: 1.1,
  };
}
