import * as z from 'zod';
import { Then } from '../plan/plan.ts';

export const Verdict = z.enum([
  'proven',
  'diverted',
  'unstable',
  'crashed',
  'unsolved',
  'external',
  'infeasible',
  'skipped',
]);
export type Verdict = z.infer<typeof Verdict>;

/** The request fired, what was expected and what came back. `residue` counts rows left after reset. */
export const Proof = z.object({
  plan: z.string(),
  scenario: z.string(),
  route: z.string(),
  verdict: Verdict,
  reason: z.string().nullable(),
  expected: Then.nullable(),
  observed: z
    .object({
      status: z.number().int().nullable(),
      body: z.json(),
      location: z.string().nullable(),
      text: z.string().nullable(),
    })
    .nullable(),
  /** The other ending(s) of the route that what came back fits, by scenario id; several when ambiguous. */
  divergedAt: z.array(z.string()),
  residue: z.array(z.object({ table: z.string(), rows: z.number().int() })),
  timings: z.object({ setUpMs: z.number(), requestMs: z.number(), resetMs: z.number() }),
});
export type Proof = Readonly<z.infer<typeof Proof>>;

/** A way of a branch that no request took. `because` is the verdict on the ending it leads to, where one is known. */
const MissedSide = z.object({
  file: z.string(),
  line: z.number().int(),
  side: z.string(),
  code: z.string(),
  /** Whether a request came to the branch and it went another way. */
  decided: z.boolean(),
  because: Verdict.nullable(),
});

/**
 * How many sides of branches in functions that requests can reach were taken by the plans' requests;
 * beside it what the boot alone and one plain request a route take of the same sides.
 */
export const BranchCoverage = z.object({
  sides: z.number().int(),
  taken: z.number().int(),
  boot: z.number().int(),
  plain: z.number().int(),
  /** Not among the sides: what only the boot decides, and what leads to nothing but infeasible endings. */
  leftOut: z.object({ bootOnly: z.number().int(), infeasible: z.number().int() }),
  /** Scripts of the app that no source map leads back from: nothing is said of them. */
  unmapped: z.array(z.string()),
  missed: z.array(MissedSide),
});
export type BranchCoverage = Readonly<z.infer<typeof BranchCoverage>>;

export const ProofSummary = z.object({
  scenarios: z.number().int(),
  plans: z.number().int(),
  verdicts: z.record(z.string(), z.number().int()),
  residue: z.number().int(),
  coverage: BranchCoverage.optional(),
});
export type ProofSummary = Readonly<z.infer<typeof ProofSummary>>;

/** Counts what a proof run gave. */
export function summarize(proofs: readonly Proof[]): ProofSummary {
  const verdicts: Record<string, number> = {};
  for (const proof of proofs) verdicts[proof.verdict] = (verdicts[proof.verdict] ?? 0) + 1;
  const rows = proofs.flatMap((proof) => proof.residue.map((entry) => entry.rows));
  return {
    scenarios: new Set(proofs.map((proof) => proof.scenario)).size,
    plans: proofs.length,
    verdicts,
    residue: rows.reduce((sum, count) => sum + count, 0),
  };
}

/** The proof entry of a scenario that no plan was fired for, with the reason why. */
export function unfired(
  scenario: { readonly id: string; readonly route: string },
  verdict: 'unsolved' | 'external' | 'infeasible' | 'skipped',
  reason: string | null,
): Proof {
  return {
    plan: scenario.id,
    scenario: scenario.id,
    route: scenario.route,
    verdict,
    reason,
    expected: null,
    observed: null,
    divergedAt: [],
    residue: [],
    timings: { setUpMs: 0, requestMs: 0, resetMs: 0 },
  };
}
