import type { Database } from '../../src/db/db.ts';
import { generateRows } from '../../src/operations/generate.ts';
import { addressOf, enroll } from '../../src/run/guard.ts';
import { freshDatabase } from '../setup/database.ts';

const HERE = import.meta.dirname;
const place = {
  clock: { now: () => new Date(0) },
  home: '',
  env: {},
  terminal: { colour: false, width: 80 },
  emit: () => undefined,
  signal: new AbortController().signal,
};

export async function enrolled(schema: string): Promise<Database> {
  const database = await freshDatabase(schema);
  const stamp = { environment: 'test', address: addressOf(database.url), days: null };
  await database.session((sql) => enroll(sql, stamp));
  return database;
}

/** Calls the operation with defaults for what isn't given; no config is near. */
export function generate(
  { url }: Pick<Database, 'url'>,
  rows: string,
  more: Readonly<Record<string, unknown>> = {},
) {
  const input = generateRows.input.parse({ db: url, rows, seed: '7', path: HERE, ...more });
  return generateRows.run(input, place);
}

export function read(database: Database, text: string) {
  return database.session((sql) => sql.query(text));
}
