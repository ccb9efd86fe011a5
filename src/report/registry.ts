import type { PageAssets } from './html/assets.ts';
import { htmlReporter } from './html/html.ts';
import { jsonReporter } from './json.ts';
import { junitReporter } from './junit.ts';
import type { Reporter } from './report.ts';
import { textReporter } from './text.ts';

/** Every way to show a report, in the order they are offered; `page` comes from `loadAssets`. */
export function reportersFor(place: {
  readonly colour: boolean;
  readonly width: number;
  readonly page: PageAssets;
}): readonly Reporter[] {
  return [textReporter(place), jsonReporter, junitReporter, htmlReporter(place.page)];
}
