import { and, desc, eq, lt } from 'drizzle-orm';
import { digest } from '../../../kernel/digest.ts';
import type { Model } from '../../../model/model.ts';
import type { ModelSummary, Planning, PlanningSummary } from '../shapes.ts';
import type { Db } from './db.ts';
import { instant } from './keys.ts';
import { type PageOptions, pageFrom, positionOf } from './page.ts';
import { storable } from './storable.ts';
import { models, plannings } from './tables.ts';

/** A body as it is sent, with its ETag. */
export interface Stored {
  readonly body: string;
  readonly etag: string;
}

export const etagOf = (hash: string): string => `"${hash.slice(0, 32)}"`;

/** The id a model goes by: the same content, the same id. */
export function modelId(text: string): string {
  return `m_${digest(text).slice(0, 24)}`;
}

export async function saveModel(
  db: Db,
  tenant: string,
  model: { readonly id: string; readonly text: string; readonly model: Model },
): Promise<void> {
  const { id, text: body } = model;
  const { repo, apps } = model.model;
  const routes = apps.reduce((sum, app) => sum + app.routes.length + app.pages.length, 0);
  await db
    .insert(models)
    .values({ tenant, id, repo: storable(repo), routes, body })
    .onConflictDoNothing();
}

export async function readModelText(db: Db, tenant: string, id: string): Promise<string | null> {
  const [row] = await db
    .select({ body: models.body })
    .from(models)
    .where(and(eq(models.tenant, tenant), eq(models.id, id)));
  return row?.body ?? null;
}

export async function listModels(db: Db, tenant: string, options: PageOptions) {
  const from = positionOf(options);
  const { id, seq, repo, routes, createdAt } = models;
  const rows = await db
    .select({ id, seq, repo, routes, createdAt })
    .from(models)
    .where(and(eq(models.tenant, tenant), from === null ? undefined : lt(seq, from)))
    .orderBy(desc(seq))
    .limit(options.limit + 1);
  return pageFrom(
    rows,
    options.limit,
    ({ seq: _, ...row }): ModelSummary => ({
      ...row,
      createdAt: instant(row.createdAt) ?? '',
    }),
  );
}

/** Keeps a planning under its id; one that is there already stays as it is. */
export async function savePlanning(db: Db, tenant: string, planning: Planning): Promise<void> {
  const body = JSON.stringify(planning);
  const { id, model, repo, createdAt } = planning;
  const [scenarios, plans] = [planning.scenarios.length, planning.plans.length];
  const unsolved = planning.unsolved.length;
  await db
    .insert(plannings)
    .values({
      ...{ tenant, id, model, repo: storable(repo), scenarios, plans, unsolved, body, createdAt },
      digest: digest(body),
    })
    .onConflictDoNothing();
}

export async function readPlanning(db: Db, tenant: string, id: string): Promise<Stored | null> {
  const [row] = await db
    .select({ body: plannings.body, digest: plannings.digest })
    .from(plannings)
    .where(and(eq(plannings.tenant, tenant), eq(plannings.id, id)));
  return row ? { body: row.body, etag: etagOf(row.digest) } : null;
}

export async function listPlannings(db: Db, tenant: string, options: PageOptions) {
  const from = positionOf(options);
  const { id, seq, model, repo, scenarios, plans, unsolved, createdAt } = plannings;
  const rows = await db
    .select({ id, seq, model, repo, scenarios, plans, unsolved, createdAt })
    .from(plannings)
    .where(and(eq(plannings.tenant, tenant), from === null ? undefined : lt(seq, from)))
    .orderBy(desc(seq))
    .limit(options.limit + 1);
  return pageFrom(
    rows,
    options.limit,
    ({ seq: _, ...row }): PlanningSummary => ({
      ...row,
      createdAt: instant(row.createdAt) ?? '',
    }),
  );
}
