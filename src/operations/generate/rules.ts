import { noRules, type Rules } from '../../bulk/rules.ts';
import type { ColumnRule, GenerateConfig } from '../../config/config.ts';
import { findConfig, loadConfig } from '../../config/load.ts';
import type { Layout } from '../../db/db.ts';
import { StatewrightError } from '../../kernel/errors.ts';
import { loadLocales } from '../../state/values/faker-words.ts';
import { didYouMean } from '../nearest.ts';
import { tableNamed } from './asked.ts';

/** What a checkout's config says of generated rows; nothing where there is no config. */
export async function readRules(root: string): Promise<GenerateConfig | null> {
  return findConfig(root) ? (await loadConfig(root)).generate : null;
}

/** The rules for these very tables, with the languages they need loaded. Throws `generate.unknownColumn`. */
export async function rulesFor(config: GenerateConfig | null, layout: Layout): Promise<Rules> {
  if (!config) return noRules;
  const columns = new Map<number, Map<number, ColumnRule>>();
  const locales = new Set(config.locales ?? []);
  for (const [name, rules] of Object.entries(config.tables)) {
    const table = tableNamed(name, layout);
    const own = new Map<number, ColumnRule>();
    for (const [column, rule] of Object.entries(rules)) {
      const found = table.columns.find((one) => one.name === column);
      if (!found)
        throw unknownColumn(
          `${name}.${column}`,
          table.columns.map((one) => one.name),
        );
      own.set(found.number, rule);
      for (const locale of rule.locales ?? []) locales.add(locale);
      if (rule.faker) locales.add('en');
    }
    columns.set(table.oid, own);
  }
  await loadLocales(locales);
  return { locales: config.locales ?? [], columns };
}

function unknownColumn(name: string, known: readonly string[]): StatewrightError {
  return new StatewrightError(
    'generate.unknownColumn',
    `The config's generate.tables speak of ${name}, which is not there. Nothing was written.`,
    { hint: didYouMean(name, known, 'The table has no columns.') },
  );
}
