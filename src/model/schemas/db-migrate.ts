import type { Schema, SchemaReader } from '../reader.ts';
import { native } from '../static/value.ts';
import { createDbMigrate, DATABASE } from './db-migrate/register.ts';
import { migratedSchema } from './migrations/run.ts';

/** Reads the tables that migrations of db-migrate make. */
export const dbMigrate = {
  name: 'db-migrate',
  packages: ['db-migrate', 'db-migrate-pg'],
  read: (program, root): Schema =>
    migratedSchema(program, root, {
      marks: [
        /\bup\b/,
        /\.(?:runSql|createTable|addColumn|removeColumn|addForeignKey|dropTable)\b/,
      ],
      semantics: createDbMigrate,
      given: [native(DATABASE)],
    }),
} satisfies SchemaReader;
