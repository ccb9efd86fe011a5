import { type Finding, finding } from '../../kernel/finding.ts';
import type { ts } from '../../kernel/syntax.ts';
import { calledFrom, placeOfCall } from '../place.ts';

type Code = 'model.unresolvedRoute' | 'model.unmountedRouter' | 'model.shadowedRoute';

/** A finding about routes at a place in the code, with what was written there. */
export function unresolved(node: ts.Node | null, code: Code, reason: string): Finding {
  const at = node && placeOfCall(node);
  const text = node?.getText().slice(calledFrom(node)).replace(/\s+/g, ' ').slice(0, 120) ?? '';
  return finding(code, {
    severity: code === 'model.unresolvedRoute' ? 'warning' : 'note',
    file: at?.file ?? null,
    line: at?.line ?? null,
    facts: { reason, text },
  });
}
