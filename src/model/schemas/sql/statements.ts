import { type DoStmt, scanSync } from 'libpg-query';
import { textOfName } from '../../sql/parse.ts';

/** A text's statements, each on its own; what only psql understands (`\connect`, COPY data) is left out. */
export function statementsIn(text: string): string[] {
  const plain = withoutPsql(text);
  const bytes = Buffer.from(plain);
  try {
    const ends = scanSync(plain)
      .tokens.filter((token) => token.text === ';')
      .map((token) => token.end);
    return [...ends, bytes.length]
      .map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end).toString())
      .filter((one) => one.replace(/--.*$/gm, '').trim() !== '');
  } catch {
    return [text];
  }
}

function withoutPsql(text: string): string {
  let copying = false;
  const kept = text.split('\n').filter((line) => {
    if (copying) {
      copying = !/^\\\.\s*$/.test(line);
      return false;
    }
    copying = /^\s*copy\b.*\bfrom\s+stdin/i.test(line);
    return !copying && !/^\s*\\/.test(line);
  });
  return kept.join('\n');
}

/** The plain statements in the body of a DO block (`BEGIN … EXCEPTION … END`). */
export function blocksIn({ args = [] }: DoStmt): string[] {
  const body = args
    .flatMap((each) => ('DefElem' in each ? [textOfName(each.DefElem.arg)] : []))
    .find((each) => /\bbegin\b/i.test(each));
  const inside = body && /\bbegin\b([\s\S]*?)(?:\bexception\b|\bend\b\s*;?\s*$)/i.exec(body)?.[1];
  return inside ? statementsIn(inside).map(bare) : [];
}

/** `IF NOT EXISTS (…) THEN create … END IF`: the statement alone. */
function bare(statement: string): string {
  return /\bthen\b([\s\S]*)$/i.exec(statement)?.[1] ?? statement;
}
