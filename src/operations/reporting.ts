import { loadAssets } from '../report/html/assets.ts';
import { reportersFor } from '../report/registry.ts';
import type { Report } from '../report/report.ts';
import type { Checkout } from './place.ts';
import type { Reading } from './reading.ts';

/** Writes the HTML report, and the JUnit file where one is asked for; returns the terminal's summary. */
export async function writeReports(
  report: Report,
  to: {
    readonly files: { readonly html: string; readonly junit: string | null };
    readonly reading: Reading;
    readonly terminal: Checkout['terminal'];
    readonly write: (path: string, text: string) => Promise<void>;
  },
): Promise<string> {
  const sources = sourcesOf(to.reading);
  const reporters = reportersFor({ ...to.terminal, page: await loadAssets() });
  const render = (name: string): string =>
    reporters.find((reporter) => reporter.name === name)?.render(report, sources) ?? '';
  await to.write(to.files.html, render('html'));
  if (to.files.junit) await to.write(to.files.junit, render('junit'));
  return render('text');
}

/** The texts of the files the model's outcomes and conditions stand in. */
function sourcesOf({ model, files }: Reading): Map<string, string> {
  const routes = model.apps.flatMap((app) => [...app.routes, ...app.pages]);
  const places = routes.flatMap((route) => [
    route.at,
    ...route.outcomes.flatMap((outcome) => [outcome.at, ...outcome.when.map(({ at }) => at)]),
  ]);
  const paths = [...new Set(places.map(({ file }) => file))];
  return new Map(paths.map((path) => [path, files.read(path)]));
}
