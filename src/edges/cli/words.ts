import type { Finding } from '../../kernel/finding.ts';
import type { Case, Model, Page, Route } from '../../model/model.ts';
import { showHidden } from '../../report/visible.ts';
import { caseWords } from '../../report/words/case.ts';
import { findingWords } from '../../report/words/finding.ts';
import { plain } from '../../report/words/phrase.ts';
import type { Scenario } from '../../scenarios/scenarios.ts';

interface Initialized {
  readonly config: string;
  readonly text: string;
  readonly routes: number;
  readonly endings: number;
  readonly missing: readonly string[];
  readonly findings: readonly Finding[];
}

/** What `init` found and wrote, and what to run next. */
export function initialized(output: Initialized): string {
  const { config, text, routes, endings, missing, findings } = output;
  const look = missing.map((item) => `  please fill in ${item}\n`).join('');
  return `Found ${count(routes, 'route')} with ${count(endings, 'ending')}.
Wrote ${config}:

${text.replace(/^/gm, '  ').trimEnd()}

${look}${found(findings)}Next: npx statewright plan, then npx statewright prove
`;
}

/** The routes of a model with their endings. */
export function analyzed({ apps, findings }: Model): string {
  const lines = apps.flatMap((app) => [
    `${app.name} (${[...app.frameworks, ...app.orms].join(', ')}): ` +
      `${count(app.routes.length, 'route')}, ${count(app.pages.length, 'page')}, ` +
      `${count(app.tables.length, 'table')}`,
    ...[...app.routes, ...app.pages].flatMap((route) => [
      `  ${route.id}  ${route.at.file}:${route.at.line}`,
      ...route.outcomes.flatMap((outcome) => [
        `    ${outcome.status ?? '-'} ${outcome.id}  ${outcome.at.file}:${outcome.at.line}`,
        ...(outcome.cases ?? []).map((one) => caseLine(one, route)),
      ]),
    ]),
    '',
  ]);
  return `${lines.join('\n')}${found(findings)}`;
}

const LONGEST = 160;

function caseLine(one: Case, route: Route | Page): string {
  const words = plain(caseWords(one, route));
  const said = words.length > LONGEST ? `${words.slice(0, LONGEST).trimEnd()}…` : words;
  const at = one.when[0]?.at;
  return `      ${said}${at ? `  ${at.file}:${at.line}` : ''}`;
}

interface Explained {
  readonly id: string;
  readonly title: string;
  readonly at: string;
  readonly conditions: readonly { readonly says: string; readonly at: string }[];
  readonly feasibility: string;
  readonly reason: string | null;
  readonly planned: 'kept' | 'stale' | 'no';
}

/** What leads to an ending, each condition with its line. */
export function explained(ending: Explained): string {
  const { id, title, at, conditions, feasibility, reason, planned } = ending;
  const when = conditions.map(({ says, at: place }) => `  ${says}  ${place}\n`).join('');
  const why = feasibility === 'solvable' ? '' : `It is ${feasibility}: ${reason ?? 'unknown'}.\n`;
  const plan = { kept: 'Its plan is current.', stale: 'Its plan is stale.', no: 'It has no plan.' };
  return `${id}  ${at}\n${title}, when all of these hold:\n${when}${why}${plan[planned]}\n`;
}

/** Whether the plans still fit the code. */
export function checked(output: {
  readonly plans: number;
  readonly stale: number;
  readonly findings: readonly Finding[];
}): string {
  return `${count(output.plans, 'plan')} checked, ${output.stale} stale.\n${found(output.findings)}`;
}

interface Exported {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly kept: readonly string[];
  readonly unchanged: number;
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
}

/** What `export` wrote, what it left alone, and what it has no test for. */
export function exported({ written, removed, kept, unchanged, skipped }: Exported): string {
  const list = (mark: string, files: readonly string[]) =>
    files.map((file) => `  ${mark} ${file}\n`).join('');
  const left = kept.length === 0 ? '' : 'Edited since they were written; --force replaces them:\n';
  const without = skipped.map(({ id, reason }) => `  no test: ${id} (${reason})\n`).join('');
  return (
    `${count(written.length, 'file')} written, ${removed.length} removed, ${unchanged} unchanged.\n` +
    `${list('+', written)}${list('-', removed)}${left}${list('=', kept)}${without}`
  );
}

/** The scenarios, one line each, under their routes. */
export function listed(output: {
  readonly scenarios: readonly Scenario[];
  readonly findings: readonly Finding[];
}): string {
  const routes = new Map<string, Scenario[]>();
  for (const scenario of output.scenarios) {
    routes.set(scenario.route, [...(routes.get(scenario.route) ?? []), scenario]);
  }
  const lines = [...routes].flatMap(([route, scenarios]) => [
    route,
    ...scenarios.map(({ id, title, feasibility, variants }) => {
      const mark = feasibility === 'solvable' ? '' : ` [${feasibility}]`;
      const more = variants.length > 0 ? ` (+${variants.length})` : '';
      return `  ${id.slice(route.length + 3)}  ${title}${mark}${more}`;
    }),
    '',
  ]);
  return `${lines.join('\n')}${count(output.scenarios.length, 'scenario')}.\n${found(output.findings)}`;
}

/** What `plan` wrote, and what it could not plan. */
export function planned(output: {
  readonly plans: readonly unknown[];
  readonly unsolved: readonly { readonly scenario: string; readonly reason: string }[];
  readonly folder: string;
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: number;
  readonly findings: readonly Finding[];
  readonly dryRun: boolean;
  readonly prompts: readonly Parameters<typeof promptText>[0][] | null;
}): string {
  if (output.prompts?.length === 0) return 'A model would be asked nothing.\n';
  if (output.prompts) return output.prompts.map(promptText).join('\n');
  const written = output.dryRun ? 'would be written' : 'written';
  const unsolved = output.unsolved.map(({ scenario, reason }) => `  ${scenario}: ${reason}\n`);
  return `${count(output.plans.length, 'plan')} in ${output.folder}: ${output.written.length} ${written}, ${output.removed.length} removed, ${output.unchanged} unchanged.
${unsolved.length > 0 ? `Not planned:\n${unsolved.join('')}` : ''}${found(output.findings)}`;
}

/** What a model would be asked, and the file its recorded answer goes into. */
function promptText(one: {
  readonly key: string;
  readonly tokens: number;
  readonly system: string;
  readonly prompt: string;
}) {
  return `# ${one.key}.json, about ${one.tokens} tokens\n\n${one.system}\n\n${one.prompt}\n`;
}

/** The terminal's summary of a proof run, and where the report is. */
export function proved(output: { readonly text: string; readonly report: string | null }): string {
  return `${output.text.trimEnd()}\n${output.report ? `\nReport: ${output.report}\n` : ''}`;
}

/** What scripts rely on: the proofs and their summary, without the words. */
export function provedJson<Output extends { readonly text: string }>({
  text: _,
  ...output
}: Output): Omit<Output, 'text'> {
  return output;
}

/** The table of an evaluation, and where its page is. */
export function evaluated(output: {
  readonly text: string;
  readonly report: string;
  readonly questions: string | null;
}): string {
  const asked =
    output.questions === null ? '' : `Questions without an answer: ${output.questions}\n`;
  return showHidden(`${output.text}\n${asked}Page: ${output.report}\n`);
}

export function enrolled(output: {
  readonly database: string;
  readonly environment: string;
  readonly expiresAt: string | null;
}): string {
  const until = output.expiresAt ? ` until ${output.expiresAt}` : '';
  return `${output.database} is enrolled as ${output.environment}${until}.\n`;
}

export function generated(output: {
  readonly rows: number;
  readonly ms: number;
  readonly tables: readonly { readonly table: string; readonly rows: number }[];
  readonly short: readonly {
    readonly table: string;
    readonly rows: number;
    readonly why: string;
  }[];
}): string {
  const lines = output.tables.map(({ table, rows }) => `  ${table}: ${count(rows, 'row')}\n`);
  const short = output.short.map(
    ({ table, rows, why }) => `No more than ${count(rows, 'row')} of ${table}: ${why}\n`,
  );
  const made = `${count(output.rows, 'row')} in ${(output.ms / 1000).toFixed(1)} s\n`;
  return showHidden([made, ...lines, ...short].join(''));
}

/** Findings as lines a person can act on. */
export function found(findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  const lines = findings.map((item) => {
    const { says, where, do: advice } = findingWords(item);
    const place = where === '' ? '' : `${where}: `;
    return `  ${item.severity} ${item.code}: ${place}${says}${advice ? `\n    ${advice}` : ''}`;
  });
  return `Findings:\n${lines.join('\n')}\n`;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Keys as a list; a new one with its text, which is shown this once. */
export function keysShown({
  made,
  keys,
}: {
  readonly made: { readonly key: string } | null;
  readonly keys: readonly {
    readonly id: string;
    readonly tenant: string;
    readonly name: string;
    readonly scopes: readonly string[];
    readonly ends: string;
    readonly revokedAt: string | null;
    readonly usage: { readonly requests: number };
  }[];
}): string {
  const lines = keys.map(({ id, tenant, name, scopes, ends, revokedAt, usage }) =>
    [
      `${id}  …${ends}  ${tenant}  ${name}  ${scopes.join(',')}  ${usage.requests} requests`,
      revokedAt === null ? '' : '  revoked',
    ].join(''),
  );
  const key = made ? `\nThe key, shown this once: ${made.key}\n` : '';
  return `${lines.join('\n')}\n${key}`;
}
