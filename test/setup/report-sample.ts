import { finding } from '../../src/kernel/finding.ts';
import type { Page } from '../../src/model/model.ts';
import { summarize } from '../../src/proof/proof.ts';
import type { Report } from '../../src/report/report.ts';
import { type Built, build, type RouteSketch } from './report-sample/builder.ts';
import { loanRoutes } from './report-sample/loans.ts';
import { otherRoutes } from './report-sample/others.ts';
import { sources } from './report-sample/sources.ts';

/** The code the sample report points at, by path. */
export const sampleSources = sources;

/** A lending library's report: every verdict, variants, a page, findings. */
export const sampleReport: Report = reportOf([...loanRoutes, ...otherRoutes]);

/** The sample many times over, for what must stay quick when an app is large. */
export function largeReport(times: number): Report {
  const routes = Array.from({ length: times }, (_, index) =>
    loanRoutes.map((route) => ({ ...route, path: `/branches/${index}${route.path}` })),
  );
  return reportOf(routes.flat());
}

/** A report of these routes and nothing else found. */
export function reportOf(routes: readonly RouteSketch[]): Report {
  const built = routes.map(build);
  const proofs = built.flatMap((each) => each.proofs);
  return {
    version: 1,
    title: 'lending-library',
    model: {
      version: 1,
      repo: { name: 'lending-library', commit: '8f4c1d92ab03e7765410c2b4', files: 118 },
      apps: [
        {
          ...{ name: 'lending-library', root: '.', frameworks: ['hono'], orms: ['drizzle'] },
          routes: built.filter((each) => !isPage(each)).map((each) => each.route),
          pages: built.filter(isPage).map((each) => each.route as Page),
          ...{ components: [], tables: [], auth: null, variables: null },
        },
      ],
      findings: [],
    },
    scenarios: built.flatMap((each) => [...each.scenarios]),
    plans: built.flatMap((each) => [...each.plans]),
    proofs,
    summary: summarize(proofs),
    findings: [
      finding('schema.drift', {
        severity: 'error',
        file: 'src/db/schema.ts',
        line: 64,
        facts: { table: 'holds', column: 'placed_at', is: 'missing column' },
      }),
      finding('model.opaqueCondition', {
        severity: 'warning',
        file: 'src/routes/fines.ts',
        line: 11,
        facts: { text: "calendar.closed(c.req.query('year'))" },
      }),
      finding('repo.unparsable', { severity: 'note', file: 'scripts/import-marc.ts', line: 3 }),
    ],
  };
}

function isPage(built: Built): boolean {
  return built.route.kind === 'page';
}
