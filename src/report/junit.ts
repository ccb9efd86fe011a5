import type { Verdict } from '../proof/proof.ts';
import { compareThen, differences } from './comparison.ts';
import { type Ending, flatten, type RouteEndings, readEndings } from './endings.ts';
import type { Report, Reporter } from './report.ts';
import { stripHidden } from './visible.ts';
import { verdictWords } from './words/verdict.ts';

/** JUnit XML for CI: a suite per route, a case per plan (or ending without one). */
export const junitReporter: Reporter = { name: 'junit', render: (report) => renderJunit(report) };

const RESULT: Record<Verdict, 'passed' | 'failure' | 'skipped'> = {
  proven: 'passed',
  diverted: 'failure',
  crashed: 'failure',
  unstable: 'failure',
  skipped: 'skipped',
  external: 'skipped',
  infeasible: 'skipped',
  unsolved: 'skipped',
};

function renderJunit(report: Report): string {
  const routes = readEndings(report).filter((route) => route.endings.length > 0);
  const all = flatten(routes.flatMap((route) => route.endings));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name=${quote(report.title)} ${totals(all)}>`,
    ...routes.map(suite),
    '</testsuites>',
    '',
  ].join('\n');
}

function suite(route: RouteEndings): string {
  const endings = flatten(route.endings);
  return [
    `  <testsuite name=${quote(route.id)} ${totals(endings)}>`,
    ...endings.map((ending) => testcase(ending, route)),
    '  </testsuite>',
  ].join('\n');
}

function testcase(ending: Ending, route: RouteEndings): string {
  const place = ending.outcome?.at ?? route.route?.at;
  const file = place ? ` file=${quote(place.file)} line=${quote(String(place.line))}` : '';
  const properties = [
    ['plan', ending.plan?.id ?? ''],
    ['scenario', ending.scenario?.id ?? ''],
    ['route', route.id],
    ['verdict', ending.verdict],
  ].filter(([, value]) => value !== '');
  return [
    `    <testcase name=${quote(caseName(ending))} classname=${quote(route.id)} time="${seconds(ending)}"${file}>`,
    '      <properties>',
    ...properties.map(
      ([name = '', value = '']) => `        <property name=${quote(name)} value=${quote(value)}/>`,
    ),
    '      </properties>',
    ...result(ending),
    '    </testcase>',
  ].join('\n');
}

function result(ending: Ending): readonly string[] {
  const kind = RESULT[ending.verdict];
  const says = ending.reason ?? verdictWords(ending.verdict).says;
  if (kind === 'passed') return [];
  if (kind === 'skipped')
    return [`      <skipped message=${quote(`${ending.verdict}: ${says}`)}/>`];
  const then = ending.proof?.expected ?? ending.plan?.then;
  const detail = then ? differences(compareThen(then, ending.proof?.observed ?? null)) : '';
  const open = `      <failure type=${quote(ending.verdict)} message=${quote(says)}>`;
  return [`${open}${escapeXml(detail || verdictWords(ending.verdict).do)}</failure>`];
}

function caseName(ending: Ending): string {
  const parent = ending.plan?.variantOf?.split(' › ').at(-1);
  const name = parent ? `${parent} › ${ending.slug}` : ending.slug;
  return ending.title ? `${name}: ${ending.title}` : name;
}

function totals(endings: readonly Ending[]): string {
  const count = (kind: string) => endings.filter((each) => RESULT[each.verdict] === kind).length;
  const time = endings.reduce((sum, ending) => sum + Number(seconds(ending)), 0).toFixed(3);
  return `tests="${endings.length}" failures="${count('failure')}" errors="0" skipped="${count('skipped')}" time="${time}"`;
}

function seconds({ proof }: Ending): string {
  if (!proof) return '0.000';
  const { setUpMs, requestMs, resetMs } = proof.timings;
  return ((setUpMs + requestMs + resetMs) / 1000).toFixed(3);
}

function quote(text: string): string {
  return `"${escapeXml(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`;
}

function escapeXml(text: string): string {
  return stripHidden(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}
