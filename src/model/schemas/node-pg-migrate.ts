import type { Schema, SchemaReader } from '../reader.ts';
import { native } from '../static/value.ts';
import { migratedSchema } from './migrations/run.ts';
import { builder, createNodePgMigrate, type Shorthands } from './node-pg-migrate/builder.ts';

/** Reads the tables that migrations of node-pg-migrate make in code. */
export const nodePgMigrate = {
  name: 'node-pg-migrate',
  packages: ['node-pg-migrate'],
  read(program, root): Schema {
    let shorthands: Shorthands = new Map();
    return migratedSchema(program, root, {
      marks: [/\bup\b/, /\bpgm\b|\bMigrationBuilder\b/],
      semantics: createNodePgMigrate,
      given: (exported) => {
        const own = exported('shorthands');
        if (own?.kind === 'object') shorthands = new Map([...shorthands, ...own.entries]);
        return [native(builder(shorthands))];
      },
    });
  },
} satisfies SchemaReader;
