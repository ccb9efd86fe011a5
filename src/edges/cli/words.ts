import type { Finding } from '../../kernel/finding.ts';
import type { Model } from '../../model/model.ts';
import type { Scenario } from '../../scenarios/scenarios.ts';

interface Initialized {
  readonly config: string;
  readonly text: string;
  readonly routes: number;
  readonly endings: number;
  readonly missing: readonly string[];
}

/** What `init` found and wrote, and what to run next. */
export function initialized({ config, text, routes, endings, missing }: Initialized): string {
  const look = missing.map((item) => `  please fill in ${item}\n`).join('');
  return `Found ${count(routes, 'route')} with ${count(endings, 'ending')}.
Wrote ${config}:

${text.replace(/^/gm, '  ').trimEnd()}

${look}Next: npx statewright plan, then npx statewright prove
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
      ...route.outcomes.map(
        (outcome) =>
          `    ${outcome.status ?? '-'} ${outcome.id}  ${outcome.at.file}:${outcome.at.line}`,
      ),
    ]),
    '',
  ]);
  return `${lines.join('\n')}${found(findings)}`;
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
}): string {
  const unsolved = output.unsolved.map(({ scenario, reason }) => `  ${scenario}: ${reason}\n`);
  return `${count(output.plans.length, 'plan')} in ${output.folder}: ${output.written.length} written, ${output.removed.length} removed, ${output.unchanged} unchanged.
${unsolved.length > 0 ? `Not planned:\n${unsolved.join('')}` : ''}${found(output.findings)}`;
}

/** Findings as lines a person can act on. */
export function found(findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  const lines = findings.map(({ code, severity, at, facts }) => {
    const place = at.file ? ` ${at.file}${at.line ? `:${at.line}` : ''}` : '';
    const detail = Object.entries(facts).map(([name, value]) => `${name}: ${plain(value)}`);
    return `  ${severity} ${code}${place}${at.path ? ` (${at.path})` : ''} ${detail.join(', ')}`;
  });
  return `Findings:\n${lines.join('\n')}\n`;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
