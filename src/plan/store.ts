import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, fileSlug } from '../kernel/digest.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { replaceFile } from '../kernel/replace-file.ts';
import { Plan } from './plan.ts';

/** What a write changed; in a dry run what it would have changed. */
export interface Stored {
  readonly written: string[];
  readonly removed: string[];
  readonly unchanged: number;
}

/** Where plans are kept, one by id. */
export interface PlanStore {
  /** All kept plans by id. Throws `plan.unreadable` for a file that holds no plan. */
  list(): Promise<Plan[]>;
  /** The kept plan of that id, or null. */
  find(id: string): Promise<Plan | null>;
  /**
   * Makes these the kept plans. Plans written by hand stay as they are, even where one of the same id is
   * given; so do plans of `keep`'s scenarios.
   */
  write(plans: readonly Plan[], options?: { keep?: ReadonlySet<string> }): Promise<Stored>;
}

/** Plans as canonical JSON files in a folder, each replaced at once or not at all. */
export function openPlanFolder(
  folder: string,
  { dryRun = false }: { dryRun?: boolean } = {},
): PlanStore {
  return {
    list: async () => [...(await readFolder(folder)).values()].map(({ plan }) => plan).sort(byId),
    find: (id) => findIn(folder, id),
    write: async (plans, { keep = new Set<string>() } = {}) => {
      const before = await readFolder(folder);
      const stale = changesTo(before, plans, keep);
      if (!dryRun) await apply(folder, before, stale);
      return {
        written: stale.written.map((plan) => plan.id),
        removed: stale.removed,
        unchanged: plans.length - stale.written.length,
      };
    },
  };
}

interface Kept {
  readonly plan: Plan;
  readonly file: string;
  readonly text: string;
}
type Folder = ReadonlyMap<string, Kept>;

function changesTo(before: Folder, plans: readonly Plan[], keep: ReadonlySet<string>) {
  const ids = new Set(plans.map((plan) => plan.id));
  const written = plans.toSorted(byId).filter((plan) => {
    const kept = before.get(plan.id);
    if (kept && stays(kept.plan, keep)) return false;
    return kept?.text !== textOf(plan) || kept.file !== fileOf(plan);
  });
  const removed = [...before.values()]
    .filter(({ plan }) => !ids.has(plan.id) && !stays(plan, keep))
    .map(({ plan }) => plan.id)
    .sort();
  return { written, removed };
}

function stays({ id, variantOf, planner }: Plan, keep: ReadonlySet<string>): boolean {
  return planner.kind === 'hand' || keep.has(variantOf ?? id);
}

async function apply(
  folder: string,
  before: Folder,
  { written, removed }: { written: readonly Plan[]; removed: readonly string[] },
): Promise<void> {
  if (written.length > 0) await mkdir(folder, { recursive: true });
  for (const plan of written) {
    await replaceFile(join(folder, fileOf(plan)), textOf(plan));
    const old = before.get(plan.id)?.file;
    if (old !== undefined && old !== fileOf(plan)) await rm(join(folder, old), { force: true });
  }
  for (const id of removed) await rm(join(folder, before.get(id)?.file ?? ''), { force: true });
}

/** Looks where the plan is by rule; a file that a person named otherwise is found among all. */
async function findIn(folder: string, id: string): Promise<Plan | null> {
  const path = join(folder, `${fileSlug(id)}.json`);
  const text = await readFile(path, 'utf8').catch(() => null);
  const plan = text === null ? null : parsePlan(text, path);
  if (plan?.id === id) return plan;
  return (await readFolder(folder)).get(id)?.plan ?? null;
}

async function readFolder(folder: string): Promise<Folder> {
  const names = (await unlessGone(readdir(folder))) ?? [];
  const kept = new Map<string, Kept>();
  for (const file of names.filter((name) => name.endsWith('.json')).sort()) {
    const text = await unlessGone(readFile(join(folder, file), 'utf8'));
    // Another run may have taken it away meanwhile.
    if (text === null) continue;
    const plan = parsePlan(text, join(folder, file));
    kept.set(plan.id, { plan, file, text });
  }
  return kept;
}

function unlessGone<T>(reading: Promise<T>): Promise<T | null> {
  return reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

function parsePlan(text: string, path: string): Plan {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw unreadable(path, 'it is not JSON', cause);
  }
  const parsed = Plan.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unreadable(
    path,
    `at ${issue?.path.join('.') || 'its root'}: ${issue?.message}`,
    parsed.error,
  );
}

function unreadable(path: string, problem: string, cause: unknown): StatewrightError {
  return new StatewrightError(
    'plan.unreadable',
    `${path} holds no plan: ${problem}. Nothing was written.`,
    {
      hint: 'Mend the file, or delete it and run `statewright plan` to have it made again.',
      facts: { path, problem },
      cause,
    },
  );
}

function textOf(plan: Plan): string {
  return `${canonicalJson(plan, 2)}\n`;
}

function fileOf(plan: Plan): string {
  return `${fileSlug(plan.id)}.json`;
}

function byId(left: Plan, right: Plan): number {
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}
