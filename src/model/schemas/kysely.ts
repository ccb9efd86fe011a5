import { ownFiles } from '../files.ts';
import type { Schema, SchemaReader } from '../reader.ts';
import { native } from '../static/value.ts';
import { createKysely, DATABASE } from './kysely/register.ts';
import { migratedSchema } from './migrations/run.ts';

/** Reads the tables that migrations written with Kysely's schema builder make. */
export const kysely = {
  name: 'kysely',
  packages: ['kysely'],
  read(program, root): Schema {
    const camel = ownFiles(program.repo, root).some((file) =>
      program.matches(file, /CamelCasePlugin/),
    );
    return migratedSchema(program, root, {
      marks: [/\bkysely\b/i, /\.schema\b|\bsql\s*(<[^>]*>)?`/],
      semantics: (emit) => createKysely(emit, camel),
      given: [native(DATABASE)],
    });
  },
} satisfies SchemaReader;
