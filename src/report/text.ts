import type { Finding } from '../kernel/finding.ts';
import { Verdict } from '../proof/proof.ts';
import { compareThen, differences } from './comparison.ts';
import {
  countVerdicts,
  type Ending,
  flatten,
  groupUnproven,
  type RouteEndings,
  readEndings,
} from './endings.ts';
import type { Report, Reporter } from './report.ts';
import { cut, pad, widthOf, wrap } from './text/layout.ts';
import { MARKS, type Paint, painter } from './text/palette.ts';
import { oneLine } from './visible.ts';
import { coverageWords } from './words/coverage.ts';
import { findingWords } from './words/finding.ts';
import { verdictWords } from './words/verdict.ts';

/** The terminal's summary, `width` columns wide (at least 40), in ANSI colours where asked for. */
export function textReporter(options: {
  readonly colour: boolean;
  readonly width: number;
}): Reporter {
  const page = { paint: painter(options.colour), width: Math.max(40, options.width) };
  return { name: 'text', render: (report) => renderText(report, page) };
}

interface Page {
  readonly paint: Paint;
  readonly width: number;
}

function renderText(report: Report, page: Page): string {
  const routes = readEndings(report).filter((route) => route.endings.length > 0);
  const endings = flatten(routes.flatMap((route) => route.endings));
  const open = groupUnproven(endings);
  return [
    heading(report, routes, page),
    ...routes.map((route) => routeTable(route, page)),
    ...(open.length > 0
      ? [
          section(
            'Unproven and why',
            open.map((each) => group(each, page)),
            page,
          ),
        ]
      : []),
    ...(report.findings.length > 0
      ? [
          section(
            'Findings',
            report.findings.map((each) => findingLines(each, page)),
            page,
          ),
        ]
      : []),
    closing(report, endings, page),
    '',
  ].join('\n\n');
}

function heading(report: Report, routes: readonly RouteEndings[], page: Page): string {
  const commit = report.model.repo.commit?.slice(0, 8);
  const pages = routes.filter((route) => route.page).length;
  const facts = [
    commit,
    plural(routes.length - pages, 'route'),
    pages > 0 ? plural(pages, 'page') : undefined,
    plural(report.scenarios.length, 'ending'),
    plural(report.plans.length, 'plan'),
  ].filter((fact) => fact !== undefined);
  const title = cut(oneLine(report.title), page.width);
  return [page.paint('bold', title), ...wrap(oneLine(facts.join(', ')), page.width)].join('\n');
}

type UnprovenGroup = ReturnType<typeof groupUnproven>[number];

function routeTable(route: RouteEndings, page: Page): string {
  const endings = flatten(route.endings);
  const proven = countVerdicts(endings).get('proven') ?? 0;
  const score = `${proven}/${endings.length}`;
  const room = page.width - widthOf(score) - 1;
  const name = pad(cut(oneLine(route.id), room), room);
  const colour = proven === endings.length ? 'green' : 'yellow';
  return [
    `${page.paint('bold', name)} ${page.paint(colour, score)}`,
    ...route.endings.flatMap((ending) => [
      endingLine(ending, '  ', page),
      ...ending.variants.map((variant) => endingLine(variant, '    ', page)),
    ]),
  ].join('\n');
}

function endingLine(ending: Ending, indent: string, page: Page): string {
  const { mark, colour } = MARKS[ending.verdict];
  const status = pad(ending.status === null ? '—' : String(ending.status), 3);
  const label = ending.verdict === 'proven' ? '' : verdictWords(ending.verdict).label;
  const room = page.width - indent.length - 7 - (label === '' ? 0 : label.length + 1);
  const slug = oneLine(ending.slug);
  const shown = label === '' ? cut(slug, room) : pad(cut(slug, room), Math.min(room, 30));
  const tail = label === '' ? '' : ` ${page.paint(colour, label)}`;
  return `${indent}${page.paint(colour, mark)} ${page.paint('dim', status)}  ${shown}${tail}`.trimEnd();
}

function group({ verdict, endings }: UnprovenGroup, page: Page): readonly string[] {
  const { mark, colour } = MARKS[verdict];
  const words = verdictWords(verdict);
  const head = wrap(`${endings.length} ${words.label}. ${words.says}`, page.width - 4);
  return [
    ...head.map((line, index) => page.paint(colour, index === 0 ? `${mark} ${line}` : `  ${line}`)),
    ...indented(words.do === '' ? '' : `→ ${words.do}`, page),
    ...endings.flatMap((ending) => why(ending, page).map((line) => `  ${line}`)),
  ];
}

function why(ending: Ending, page: Page): readonly string[] {
  const then = ending.proof?.expected;
  const observed = ending.proof?.observed;
  const difference = then && observed ? differences(compareThen(then, observed)) : '';
  const place = ending.outcome?.at;
  const narrow = { ...page, width: page.width - 2 };
  return [
    page.paint('bold', cut(oneLine(ending.id), page.width - 4)),
    ...indented(ending.reason ?? '', narrow),
    ...indented(difference, narrow),
    ...indented(place ? `${place.file}:${place.line}` : '', narrow).map((line) =>
      page.paint('dim', line),
    ),
  ];
}

function findingLines(finding: Finding, page: Page): readonly string[] {
  const words = findingWords(finding);
  const colour = ({ error: 'red', warning: 'yellow', note: 'blue' } as const)[finding.severity];
  const [first = '', ...rest] = wrap(oneLine(words.says), page.width - finding.severity.length - 3);
  return [
    `${page.paint(colour, finding.severity)} ${first}`,
    ...rest.map((line) => `  ${line}`),
    ...indented(words.where, page).map((line) => page.paint('dim', line)),
    ...indented(words.do === '' ? '' : `→ ${words.do}`, page),
  ];
}

function section(title: string, items: readonly (readonly string[])[], page: Page): string {
  const lines = items.map((item) => item.map((line) => `  ${line}`).join('\n'));
  return [page.paint('bold', title), ...lines].join('\n');
}

function closing(report: Report, endings: readonly Ending[], page: Page): string {
  const counts = countVerdicts(endings);
  const lines: { width: number; text: string }[] = [];
  for (const verdict of Verdict.options) {
    const count = counts.get(verdict);
    if (count === undefined) continue;
    const text = `${count} ${verdictWords(verdict).label}`;
    const painted = page.paint(MARKS[verdict].colour, text);
    const last = lines.at(-1);
    if (!last || last.width + text.length + 3 > page.width)
      lines.push({ width: text.length, text: painted });
    else
      Object.assign(last, {
        width: last.width + text.length + 3,
        text: `${last.text} · ${painted}`,
      });
  }
  const { residue, coverage } = report.summary;
  const branches = coverage ? coverageWords(coverage) : [];
  return [
    ...lines.map((line) => line.text),
    ...branches.flatMap((line) => wrap(line, page.width)),
    residue === 0
      ? 'Residue 0: every row is as it was.'
      : page.paint('red', `Residue ${residue}: rows were left behind.`),
  ].join('\n');
}

function indented(text: string, page: Page): readonly string[] {
  return wrap(oneLine(text), page.width - 4).map((line) => `  ${line}`);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
