import type { Schema, SchemaReader } from '../reader.ts';
import { native } from '../static/value.ts';
import { createKnex, DATABASE } from './knex/register.ts';
import { migratedSchema } from './migrations/run.ts';

/** Reads the tables that migrations written with Knex's schema builder make. */
export const knex = {
  name: 'knex',
  packages: ['knex'],
  read: (program, root): Schema =>
    migratedSchema(program, root, {
      marks: [/\bup\b/, /\.schema\b|\.raw\(/, /knex/i],
      semantics: createKnex,
      given: [native(DATABASE)],
    }),
} satisfies SchemaReader;
