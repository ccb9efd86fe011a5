import { drizzle } from 'drizzle-orm/node-postgres';
import {
  boolean,
  date,
  integer,
  numeric,
  type PgColumnBuilderBase,
  pgTable,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import { seed } from 'drizzle-seed';
import pg from 'pg';
import { type BulkTable, PARENTS } from './bulk-tables.ts';

const kinds = [
  () => integer().notNull(),
  () => text().notNull(),
  () => date().notNull(),
  () => numeric({ precision: 10, scale: 2 }).notNull(),
  () => uuid().notNull(),
  () => timestamp({ withTimezone: true }).notNull(),
  () => boolean().notNull(),
];

const id = integer().primaryKey().generatedByDefaultAsIdentity();
const parent = pgTable('parent', { id: integer().primaryKey() });
const narrow = pgTable('narrow', {
  id,
  parent_id: integer()
    .notNull()
    .references(() => parent.id),
  name: text().notNull(),
  at: timestamp({ withTimezone: true }).notNull(),
});
const wide = pgTable('wide', {
  id,
  ...Object.fromEntries(
    Array.from({ length: 19 }, (_, at): [string, PgColumnBuilderBase] => [
      `c${at}`,
      (kinds[at % kinds.length] ?? text)(),
    ]),
  ),
});

/** drizzle-seed on the very same tables, with what its own documentation says. */
export function rivalOf(name: BulkTable, url: string) {
  const pool = new pg.Pool({ connectionString: url });
  pool.on('error', () => undefined);
  const db = drizzle(pool);
  const fill = async (count: number): Promise<void> => {
    if (name === 'wide') {
      await seed(db, { wide }, { count });
      return;
    }
    await seed(db, { narrow }, { count }).refine((make) => ({
      narrow: {
        columns: { parent_id: make.int({ minValue: 1, maxValue: PARENTS }) },
      },
    }));
  };
  return { seed: fill, [Symbol.asyncDispose]: () => pool.end() };
}
