import { and, eq, sql } from 'drizzle-orm';
import type { Db } from './db.ts';
import { answers } from './tables.ts';

export interface Kept {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Claim =
  | { readonly kind: 'mine' }
  | { readonly kind: 'other' }
  | { readonly kind: 'working' }
  | { readonly kind: 'kept'; readonly answer: Kept };

const KEPT = "interval '24 hours'";
/** A claim whose request died is free again. */
const WORKING = "interval '10 minutes'";

/** Claims a key's idempotency name for a request, or says what became of the one before. */
export async function claimAnswer(
  db: Db,
  of: { readonly key: string; readonly name: string; readonly fingerprint: string },
): Promise<Claim> {
  await db.execute(sql`
    delete from statewright_service.answer where key = ${of.key} and (created_at < now() - ${sql.raw(KEPT)}
      or (status is null and created_at < now() - ${sql.raw(WORKING)}))`);
  const mine = await db.insert(answers).values(of).onConflictDoNothing().returning();
  if (mine.length > 0) return { kind: 'mine' };
  const [row] = await db.select().from(answers).where(isNamed(of));
  if (!row) return claimAnswer(db, of);
  if (row.fingerprint !== of.fingerprint) return { kind: 'other' };
  if (row.status === null) return { kind: 'working' };
  const { status, headers, body } = row;
  return { kind: 'kept', answer: { status, headers: headers ?? {}, body: body ?? '' } };
}

export async function keepAnswer(
  db: Db,
  of: { readonly key: string; readonly name: string },
  answer: Kept,
): Promise<void> {
  await db.update(answers).set(answer).where(isNamed(of));
}

/** What failed may be tried again under the same name. */
export async function freeAnswer(db: Db, of: { readonly key: string; readonly name: string }) {
  await db.delete(answers).where(isNamed(of));
}

function isNamed({ key, name }: { readonly key: string; readonly name: string }) {
  return and(eq(answers.key, key), eq(answers.name, name));
}
