import { type Finding, finding } from '../../kernel/finding.ts';
import type { Schema, SchemaReader } from '../reader.ts';
import { parseSql, type Statement } from '../sql/parse.ts';
import { apply } from './sql/apply.ts';
import { type Described, emptyDatabase, tablesOf } from './sql/database.ts';
import { type Sql, schemaSql } from './sql/files.ts';
import { tokensOf } from './sql/slices.ts';
import { blocksIn, statementsIn } from './sql/statements.ts';

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

/** Applies a file; where its whole is no SQL, each statement that is. */
function follow({ file, line, text }: Sql, database: Described): Finding[] {
  const whole = parseSql(text);
  if (whole) {
    applyAll(whole, database, text);
    return [];
  }
  const lost = statementsIn(text).filter((one) => {
    const parsed = parseSql(one);
    if (parsed) applyAll(parsed, database, one);
    return !parsed;
  });
  return lost.slice(0, 3).map((one) => {
    const facts = { reason: 'no SQL', text: one.replace(/\s+/g, ' ').trim().slice(0, 80) };
    return finding('model.unresolvedSchema', { severity: 'warning', file, line, facts });
  });
}

function applyAll(statements: readonly Statement[], database: Described, text: string): void {
  const tokens = tokensOf(text);
  for (const { node } of statements) {
    if ('DoStmt' in node) {
      for (const block of blocksIn(node.DoStmt)) {
        const inner = parseSql(block);
        if (inner) applyAll(inner, database, block);
      }
    } else apply(node, database, tokens);
  }
}
