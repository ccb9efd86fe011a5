import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { type Config, ISOLATIONS, Isolated, type Isolation } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { fileSlug } from '../kernel/digest.ts';
import { StatewrightError } from '../kernel/errors.ts';
import { Finding, finding, isError } from '../kernel/finding.ts';
import { defineOperation } from '../kernel/operation.ts';
import { replaceFile } from '../kernel/replace-file.ts';
import type { Model } from '../model/model.ts';
import { checkPlan } from '../plan/check.ts';
import type { Plan } from '../plan/plan.ts';
import { openPlanFolder } from '../plan/store.ts';
import { Proof, ProofSummary, summarize, unfired } from '../proof/proof.ts';
import type { Report } from '../report/report.ts';
import { isolationFor } from './isolating.ts';
import { didYouMean } from './nearest.ts';
import { killable, type Place } from './place.ts';
import { type Planned, planModel } from './plan.ts';
import { provePlans } from './proving.ts';
import { type Reading, readModel } from './reading.ts';
import { writeReports } from './reporting.ts';

export const Proved = z.object({
  proofs: z.array(Proof),
  summary: ProofSummary,
  findings: z.array(Finding),
  isolation: Isolated,
  report: z.string().nullable(),
  /** The terminal's summary. */
  text: z.string(),
});

export const proveRepo = defineOperation({
  name: 'prove',
  summary: 'Set each planned state up, fire its request and check what comes back',
  needs: 'checkout',
  input: z.object({
    path: z.string().default('.').meta({ positional: true, description: 'The repo to prove' }),
    only: z.string().optional().describe('Only plans whose id contains this text'),
    endings: z.boolean().default(false).describe('One plan for each ending, without its variants'),
    workers: z.number().int().min(1).max(16).optional().describe('App processes side by side'),
    report: z.string().default('.statewright/report.html').describe('Where the HTML report goes'),
    coverage: z
      .boolean()
      .default(false)
      .describe('Count which sides of the branches the requests take'),
    isolation: z
      .enum(['auto', ...ISOLATIONS])
      .optional()
      .describe('Where the databases come from; chosen by what is there when absent'),
    junit: z.string().optional().describe('Write a JUnit file here as well'),
  }),
  output: Proved,
  run: async (asked, place: Place) => {
    const { path, only, endings, workers, report, junit, coverage } = asked;
    const root = resolve(path);
    const config = await loadConfig(root);
    const reading = await readModel(root, place, config);
    const files = { html: resolve(root, report), junit: junit ? resolve(root, junit) : null };
    const isolation = asked.isolation ?? config.isolation;
    const settings = { ...config, isolation, workers: workers ?? config.workers };
    return proveReading(
      reading,
      { config: settings, only: only ?? '', variants: !endings, coverage, files },
      place,
    );
  },
});

/** What gives each app process a database that is its alone. */
const PROVING: readonly Isolation[] = ['embedded', 'testcontainers', 'neon', 'compose'];

export interface ProveChoices {
  readonly config: Config;
  /** Only plans whose id contains it. */
  readonly only: string;
  /** Whether near misses and boundaries are fired beside the endings themselves. */
  readonly variants: boolean;
  /** Whether what runs of the app is counted. */
  readonly coverage: boolean;
  readonly files: { readonly html: string; readonly junit: string | null };
}

/** Plans, proves and reports a repo that was read. */
export async function proveReading(
  reading: Reading,
  { config, only, variants, coverage, files }: ProveChoices,
  place: Place,
): Promise<z.input<typeof Proved>> {
  const { root, model, repo } = reading;
  const planned = await killable(place, () => readPlanned(reading, config, { variants }));
  const plans = planned.plans.filter(
    ({ id, variantOf }) => id.includes(only) && (variants || variantOf === null),
  );
  const unplanned = planned.unsolved.filter(({ scenario }) => scenario.includes(only));
  const asked = planned.scenarios.filter(({ id }) => id.includes(only));
  if (plans.length + asked.length === 0 && only !== '') throw nothingSelected(only, planned);
  place.emit({ kind: 'done', stage: 'plan', note: `${plans.length} plans` });
  const isolated = await isolationFor({ config, db: false, candidates: PROVING }, place);
  const measured = coverage ? await import('./covered.ts') : undefined;
  const covering = measured?.coveringOf(reading);
  const fired = await provePlans(
    {
      root,
      config,
      model,
      plans,
      known: planned.plans,
      isolated,
      scenarios: planned.scenarios,
      repo,
      ...(covering ? { covering } : {}),
    },
    place,
  );
  const proofs = [...fired, ...unplanned.map((item) => unprovenOf(item, planned))];
  const { findings } = planned;
  const report: Report = {
    version: 1,
    title: repo.name,
    ...(only === ''
      ? { model, scenarios: planned.scenarios }
      : askedFor(proofs, { asked, planned, model })),
    plans,
    proofs,
    summary: {
      ...summarize(proofs),
      ...(covering && measured?.covered(covering, { reading, planned, proofs })),
    },
    findings,
  };
  const { terminal } = place;
  const text = await writeReports(report, { files, reading, terminal, write: writeText });
  const { summary } = report;
  return { proofs, summary, findings, isolation: isolated, report: files.html, text };
}

/** The plans of a repo: what the solver makes of it now, with what is kept beside the code. */
export async function readPlanned(
  reading: Reading,
  config: Config,
  { variants = true } = {},
): Promise<Planned> {
  const planned = planModel(reading.model, { variants });
  const kept = await keptPlans(reading, config.plans, planned);
  const ids = new Set(kept.plans.map(({ id }) => id));
  return {
    ...planned,
    plans: kept.plans,
    unsolved: planned.unsolved.filter(({ scenario }) => !ids.has(scenario)),
    findings: [...planned.findings, ...kept.findings],
  };
}

/**
 * Plans beside the code are used as they stand while the code they were made for does, and always where
 * a person wrote them; one that fails its checks is a finding and is not fired.
 */
async function keptPlans(
  { root, model }: Reading,
  folder: string,
  planned: Planned,
): Promise<{ plans: Plan[]; findings: Finding[] }> {
  const stored = new Map(
    (await openPlanFolder(join(root, folder)).list()).map((plan) => [plan.id, plan]),
  );
  const findings: Finding[] = [];
  const fresh = new Map(planned.plans.map((plan) => [plan.id, plan]));
  const ids = new Set([
    ...fresh.keys(),
    ...[...stored.values()].filter(isByHand).map(({ id }) => id),
  ]);
  const plans = [...ids].sort().flatMap((id) => {
    const [kept, made] = [stored.get(id), fresh.get(id)];
    const current = kept && (isByHand(kept) || kept.digests.code === made?.digests.code);
    const plan = current ? kept : made;
    if (!plan) return [];
    const errors = plan === kept ? checkPlan(plan, model).filter(isError) : [];
    if (errors.length === 0) return [plan];
    findings.push(...errors);
    const file = join(folder, `${fileSlug(id)}.json`);
    const problems = errors.map(({ code, facts }) => `${code} ${JSON.stringify(facts)}`);
    const about = { severity: 'error', file, path: id, facts: { problems } } as const;
    findings.push(finding('plan.notFired', about));
    return [];
  });
  return { plans, findings };
}

/** What a report of some endings alone shows: the others were not tried, which is no verdict. */
function askedFor(
  proofs: readonly Proof[],
  from: { asked: Planned['scenarios']; planned: Planned; model: Model },
): Pick<Report, 'model' | 'scenarios'> {
  const { asked, planned, model } = from;
  const tried = new Set(proofs.map(({ scenario }) => scenario));
  const shown = planned.scenarios.filter((item) => tried.has(item.id) || asked.includes(item));
  const routes = new Set(shown.map(({ route }) => route));
  const apps = model.apps.map((app) => ({
    ...app,
    routes: app.routes.filter(({ id }) => routes.has(id)),
    pages: app.pages.filter(({ id }) => routes.has(id)),
  }));
  return { scenarios: shown, model: { ...model, apps } };
}

function nothingSelected(only: string, { scenarios }: Planned): StatewrightError {
  const known = scenarios.map(({ id }) => id);
  return new StatewrightError('prove.nothingSelected', `No ending's id contains "${only}".`, {
    hint: didYouMean(only, known, 'Run "statewright scenarios" to see them.'),
  });
}

function isByHand({ planner }: Plan): boolean {
  return planner.kind !== 'solver';
}

function unprovenOf(item: Planned['unsolved'][number], planned: Planned): Proof {
  const { scenario: id, feasibility, reason } = item;
  const route = planned.scenarios.find((scenario) => scenario.id === id)?.route ?? '';
  const closed = feasibility === 'infeasible' || feasibility === 'external';
  return unfired({ id, route }, closed ? feasibility : 'unsolved', reason);
}

async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await replaceFile(path, text);
}
