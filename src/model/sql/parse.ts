import { loadModule, type Node, parseSync } from 'libpg-query';

await loadModule();

export interface Statement {
  readonly node: Node;
  /** Where it starts in the text, in bytes of UTF-8. */
  readonly start: number;
}

const known = new Map<string, readonly Statement[] | null>();
const KEPT = 2000;

/** The statements of a SQL text by PostgreSQL's own grammar; null where it is no SQL. */
export function parseSql(text: string): readonly Statement[] | null {
  const before = known.get(text);
  if (before !== undefined) return before;
  if (known.size >= KEPT) known.clear();
  const parsed = attempt(text);
  known.set(text, parsed);
  return parsed;
}

function attempt(text: string): readonly Statement[] | null {
  if (text.trim() === '') return null;
  try {
    return (parseSync(text).stmts ?? []).flatMap(({ stmt, stmt_location: start = 0 }) =>
      stmt ? [{ node: stmt, start }] : [],
    );
  } catch {
    return null;
  }
}

/** The text of a `String` node. */
export function textOfName(node: Node | undefined): string {
  return node && 'String' in node ? (node.String.sval ?? '') : '';
}

/** A qualified name's parts. */
export function namesOf(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).map(textOfName);
}

/** What a constant node holds; undefined for any other. */
export function constantOf(node: Node | undefined): string | number | boolean | null | undefined {
  if (!node || !('A_Const' in node)) return undefined;
  const { isnull, ival, fval, boolval, sval, bsval } = node.A_Const;
  if (isnull) return null;
  if (ival) return ival.ival ?? 0;
  if (fval) return Number(fval.fval);
  if (boolval) return boolval.boolval ?? false;
  return sval ? (sval.sval ?? '') : bsval?.bsval;
}
