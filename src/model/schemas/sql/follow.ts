import { type Finding, finding } from '../../../kernel/finding.ts';
import { parseSql, type Statement } from '../../sql/parse.ts';
import { apply } from './apply.ts';
import type { Described } from './database.ts';
import type { Sql } from './files.ts';
import { fromMysql } from './mysql.ts';
import { tokensOf } from './slices.ts';
import { blocksIn, statementsIn } from './statements.ts';

/** Applies a file; where its whole is no SQL, each statement that is. */
export function follow({ file, line, text }: Sql, database: Described): Finding[] {
  const whole = parseSql(text);
  if (whole) {
    applyAll(whole, database, text);
    return [];
  }
  const lost = statementsIn(text).filter((one) => {
    const text = parseSql(one) ? one : fromMysql(one);
    const parsed = parseSql(text);
    if (parsed) applyAll(parsed, database, text);
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
