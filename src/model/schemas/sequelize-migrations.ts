import type { Schema, SchemaReader } from '../reader.ts';
import { native, type PackageValue } from '../static/value.ts';
import { migratedSchema } from './migrations/run.ts';
import { createQueryInterface, QUERY_INTERFACE } from './sequelize-migrations/register.ts';

const SEQUELIZE: PackageValue = { kind: 'package', package: 'sequelize', path: [] };

/** Reads the tables that migrations make with Sequelize's query interface, run by its CLI or by umzug. */
export const sequelizeMigrations = {
  name: 'sequelize-migrations',
  packages: ['sequelize', 'sequelize-typescript', 'sequelize-cli'],
  read: (program, root): Schema =>
    migratedSchema(program, root, {
      marks: [/\bup\b/, /queryInterface|\.(?:createTable|addColumn|changeColumn|addConstraint)\b/i],
      semantics: createQueryInterface,
      given: [native(QUERY_INTERFACE), { ...SEQUELIZE, origin: null }],
    }),
} satisfies SchemaReader;
