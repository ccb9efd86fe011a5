import { readCatalog } from '../db/catalog.ts';
import type { Catalog, Sql, Standing } from '../db/db.ts';
import { readStanding } from '../db/standing.ts';

/** What a state is compiled against: the database's tables and the rows that stand in them. */
export async function readShape(sql: Sql): Promise<{ catalog: Catalog; standing: Standing }> {
  const catalog = await readCatalog(sql);
  return { catalog, standing: await readStanding(sql, catalog.tables) };
}
