import type { Schema, SchemaReader } from '../reader.ts';
import { emptyDatabase, tablesOf } from './sql/database.ts';
import { schemaSql } from './sql/files.ts';
import { follow } from './sql/follow.ts';

/** Reads the tables that the repo's SQL migrations make, by following their DDL; nothing is executed. */
export const sql = {
  name: 'sql',
  packages: [],
  read(program, root): Schema {
    const database = emptyDatabase();
    const findings = schemaSql(program, root).flatMap((piece) => follow(piece, database));
    return {
      tables: tablesOf(database),
      tableAt: () => undefined,
      enumAt: () => undefined,
      relations: () => [],
      findings,
    };
  },
} satisfies SchemaReader;
