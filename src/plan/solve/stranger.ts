import type { Condition } from '../../condition/condition.ts';
import { termsOf } from '../../condition/logic.ts';
import { typeOf } from './column-type.ts';
import { columnOf, type Setting } from './setting.ts';
import { ownerOf } from './world.ts';

/** A key that no sequence has come to. */
export const UNKNOWN_KEY = 2_000_000_000;

/** A UUID that nobody draws. */
export const UNKNOWN_UUID = '00000000-0000-4000-8000-000000000001';

/**
 * A row that must be missing though a signed token names it, and nothing but the token: an app's own routes sign
 * tokens for rows alone.
 */
export function needsStranger(setting: Setting, condition: Condition): boolean {
  const query = condition.kind === 'absent' ? ownerOf(setting, condition.query) : undefined;
  const byToken = (part: Condition) =>
    termsOf(part).some((term) => term.kind === 'call' && term.fn === 'tokenClaims');
  return query !== undefined && query.where.length > 0 && query.where.every(byToken);
}

/** Whether the request comes from somebody whose token is good, for we make it ourselves, and whose row is not there. */
export function comesFromStranger(setting: Setting): boolean {
  const { auth } = setting.app;
  if (!auth?.handed || !auth.mint) return false;
  return setting.when.some((condition) => needsStranger(setting, condition));
}

/** What the token that a request carries is to be refused for, where we make tokens ourselves. */
export function refusalOf({ app, when }: Setting): 'expired' | 'signature' | null {
  const { auth } = app;
  if (!auth?.handed || auth.mint?.kind !== 'jwt') return null;
  for (const condition of when) {
    if (!('left' in condition) || condition.op !== '=' || condition.right.kind !== 'literal')
      continue;
    if (condition.left.kind !== 'call' || condition.left.fn !== 'tokenRefusal') continue;
    const { value } = condition.right;
    if (value === 'expired' || value === 'signature') return value;
  }
  return null;
}

/** What a token names people by, with values that no row has. */
export function keysOfNobody({ app, tables }: Setting): Record<string, string | number> {
  const { mint, actor = '' } = app.auth ?? {};
  const table = tables.get(actor);
  const keys = [table?.primaryKey ?? [], ...(table?.uniques ?? []).map(({ columns }) => columns)];
  const claimed = Object.values(mint?.claims ?? {}).flatMap((claim) =>
    'column' in claim && keys.flat().includes(claim.column) ? [claim.column] : [],
  );
  return Object.fromEntries(
    [...new Set(claimed)].sort().map((name) => [name, nobody(columnOf(table, name), name)]),
  );
}

function nobody(column: ReturnType<typeof columnOf>, name: string): string | number {
  if (column && typeOf(column) === 'integer') return UNKNOWN_KEY;
  return /^uuid/.test(column?.type ?? '') ? UNKNOWN_UUID : `unknown-${name}`;
}
