import { readCatalog } from '../../src/db/catalog.ts';
import type { Database, Table } from '../../src/db/db.ts';

/** What PostgreSQL says after it ran the texts in their order; nothing of it stays. */
export async function catalogOf(
  database: Database,
  texts: readonly string[],
): Promise<readonly Table[]> {
  return database.session(async (session) => {
    await session.query('begin');
    try {
      for (const text of texts) await session.query(text);
      return (await readCatalog(session)).tables;
    } finally {
      await session.query('rollback');
    }
  });
}

/** PostgreSQL prints expressions its own way: brackets, casts and spaces do not tell them apart. */
function plain(text: string | null): string | null {
  if (text === null) return null;
  return text
    .replace(/::[a-z_ ]+(\[\])?(\(\d+\))?|[()\s"]/gi, '')
    .toLowerCase()
    .replace(/=anyarray\[([^\]]*)\]/g, 'in$1');
}

/** Tables fit to compare, whoever described them. */
export function shapeOf(tables: readonly Table[]) {
  return tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({
      ...column,
      default:
        column.default.kind === 'expression'
          ? { ...column.default, text: plain(column.default.text) }
          : column.default,
    })),
    uniques: table.uniques.map((each) => ({
      ...each,
      expressions: each.expressions.map(plain),
      where: plain(each.where),
    })),
    checks: table.checks.map(({ name }) => name).sort(),
  }));
}
