import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyText } from '../../src/bulk/copy-text.ts';
import { loadRows } from '../../src/bulk/load.ts';
import { makeRows } from '../../src/bulk/make.ts';
import { readLayout } from '../../src/db/catalog/layout.ts';
import { openCopier } from '../../src/db/copy.ts';
import type { Copier } from '../../src/db/db.ts';
import { startEmbedded } from '../../src/db/embedded.ts';
import { vocabularyOf } from '../../src/state/values/vocabulary.ts';
import { type Comparison, spread, timed } from './measure.ts';

const rounds = 5;
const widths = [
  {
    name: 'narrow',
    count: 200_000,
    columns: 'n int not null, email text not null, at timestamptz not null, ok boolean not null',
  },
  {
    name: 'wide',
    count: 20_000,
    columns: Array.from({ length: 40 }, (_, at) => {
      return `c${at} ${['int', 'text', 'date', 'numeric(10,2)', 'uuid'][at % 5]} not null`;
    }).join(', '),
  },
];

/** Rows made and written, beside COPY of the very same rows from lines that are ready in memory. */
export async function bulkBench(): Promise<readonly Comparison[]> {
  const home = await mkdtemp(join(tmpdir(), 'statewright-bench-'));
  const server = await startEmbedded({ home });
  try {
    await using sql = await openCopier(server.url);
    const found: Comparison[] = [];
    for (const width of widths) found.push(await inTurns(width, sql));
    return found;
  } finally {
    await server.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function inTurns(width: (typeof widths)[number], sql: Copier): Promise<Comparison> {
  const { name, count, columns } = width;
  await sql.query(`create table ${name} (id bigserial primary key, ${columns})`);
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    await sql.query(`truncate ${name} restart identity`);
    ours.push(await rate(count, () => generate(name, count, sql)));
    const [[rows] = []] = await made(name, count, sql);
    if (!rows) throw new RangeError(`No rows for ${name}.`);
    const ready = [...copyText(rows, { from: 0, to: count })];
    await sql.query(`truncate ${name} restart identity`);
    theirs.push(await rate(count, () => sql.copyIn(`copy ${name} from stdin`, ready)));
  }
  return {
    name: `generate ${count} rows of a ${name} table`,
    beside: 'COPY of the same rows from memory',
    unit: '/s',
    ours: spread(ours),
    theirs: spread(theirs),
    aim: 0.7,
  };
}

async function rate(count: number, work: () => Promise<unknown>): Promise<number> {
  return (count / (await timed(work))) * 1000;
}

async function made(name: string, count: number, sql: Copier) {
  const layout = await readLayout(sql);
  const oid = layout.tables.find((table) => table.name === name)?.oid ?? 0;
  const making = { sql, seed: '7', words: vocabularyOf, started: () => undefined };
  return makeRows(layout, new Map([[oid, count]]), making);
}

async function generate(name: string, count: number, sql: Copier): Promise<void> {
  const now = () => performance.now();
  await loadRows(await made(name, count, sql), { sql, now, progress: () => undefined });
}
