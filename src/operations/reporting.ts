import { loadAssets } from '../report/html/assets.ts';
import { htmlReporter } from '../report/html/html.ts';
import { junitReporter } from '../report/junit.ts';
import type { Report } from '../report/report.ts';
import type { Reading } from './reading.ts';

/** Writes the HTML report, and the JUnit file where one is asked for. */
export async function writeReports(
  report: Report,
  to: {
    readonly files: { readonly html: string; readonly junit: string | null };
    readonly reading: Reading;
    readonly write: (path: string, text: string) => Promise<void>;
  },
): Promise<void> {
  const sources = sourcesOf(to.reading);
  await to.write(to.files.html, htmlReporter(await loadAssets()).render(report, sources));
  if (to.files.junit) await to.write(to.files.junit, junitReporter.render(report, sources));
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
