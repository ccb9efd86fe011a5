import { and, asc, eq, sql } from 'drizzle-orm';
import type { Proof, Verdict } from '../../../proof/proof.ts';
import type { Db } from './db.ts';
import { storable } from './storable.ts';
import { proofs } from './tables.ts';

/** Of which planning, and whose. */
interface Owner {
  readonly tenant: string;
  readonly planning: string;
}

/** Keeps what came of plans, in place of what was kept of them before. */
export async function saveProofs(db: Db, owner: Owner, made: readonly Proof[]): Promise<void> {
  if (made.length === 0) return;
  const rows = made.map((proof) => {
    const body = JSON.stringify(storable(proof));
    return { ...owner, plan: proof.plan, verdict: proof.verdict, body };
  });
  const { tenant, planning, plan } = proofs;
  await db
    .insert(proofs)
    .values(rows)
    .onConflictDoUpdate({
      target: [tenant, planning, plan],
      set: {
        verdict: sql`excluded.verdict`,
        body: sql`excluded.body`,
        createdAt: sql`now()`,
      },
    });
}

/** All proofs of a planning, or those of one plan, by its id. */
export async function readProofs(
  db: Db,
  { tenant, planning }: Owner,
  plan?: string,
): Promise<Proof[]> {
  const rows = await db
    .select({ body: proofs.body })
    .from(proofs)
    .where(
      and(
        eq(proofs.tenant, tenant),
        eq(proofs.planning, planning),
        plan === undefined ? undefined : eq(proofs.plan, plan),
      ),
    )
    .orderBy(asc(proofs.plan));
  return rows.map(({ body }) => JSON.parse(body));
}

/** The verdict on each plan of a planning that was fired. */
export async function readVerdicts(
  db: Db,
  { tenant, planning }: Owner,
): Promise<ReadonlyMap<string, Verdict>> {
  const rows = await db
    .select({ plan: proofs.plan, verdict: proofs.verdict })
    .from(proofs)
    .where(and(eq(proofs.tenant, tenant), eq(proofs.planning, planning)));
  return new Map(rows.map(({ plan, verdict }) => [plan, verdict]));
}
