import { realpathSync } from 'node:fs';
import { type Covering, openCovering } from '../proof/coverage/covering.ts';
import type { Sources } from '../proof/coverage/place.ts';
import { shareOf, type Told } from '../proof/coverage/share.ts';
import { endingsOf } from '../proof/diverge.ts';
import type { BranchCoverage, Proof } from '../proof/proof.ts';
import type { Planned } from './plan.ts';
import type { Reading } from './reading.ts';

/** Takes note of what runs of a checkout's code. */
export function coveringOf(reading: Reading): Covering {
  return openCovering(sourcesOf(reading));
}

/** The sources of a repo, for what ran to be found in. */
function sourcesOf({ root, repo, program }: Reading): Sources {
  const { source, resolve } = program;
  return { root: realpathSync(root), paths: repo.files.map(({ path }) => path), source, resolve };
}

/** The branch sides that the run took, as its summary says it. */
export function covered(
  covering: Covering,
  from: { readonly reading: Reading; readonly planned: Planned; readonly proofs: readonly Proof[] },
): { coverage: BranchCoverage } {
  const { reading, planned, proofs } = from;
  const { apps } = reading.model;
  const verdicts = new Map(proofs.map(({ plan, verdict }) => [plan, verdict]));
  const told = endingsOf(reading.model, planned.scenarios).map(
    ({ scenario, outcome }): Told => ({
      file: outcome.at.file,
      line: outcome.at.line,
      when: scenario.when.map(({ at }) => at),
      verdict: verdicts.get(scenario.id) ?? 'skipped',
    }),
  );
  const routes = apps.flatMap((app) => [...app.routes, ...app.pages]);
  const routeFiles = [...new Set(routes.map(({ at }) => at.file))];
  return { coverage: shareOf(covering, { sources: sourcesOf(reading), routeFiles, told }) };
}
