import type { Change, Evaluation } from '../eval.ts';
import { isRegression } from '../ratchet.ts';
import { changeText } from './table.ts';

/** JUnit XML for CI: a suite per group, a case per case; a regression and a case that can't run are failures. */
export function renderEvalJunit(
  { cases, suite }: Evaluation,
  changes: readonly Change[],
  {
    rules,
    asXml,
  }: { readonly rules: Parameters<typeof changeText>[1]; readonly asXml: (text: string) => string },
): string {
  const fallen = changes.filter(isRegression);
  const gone = fallen.filter(({ kind }) => kind === 'gone');
  const failing = (id: string): Change[] => fallen.filter((change) => change.case === id);
  const groups = [...new Set(cases.map(({ group }) => group))];
  const failures = new Set(fallen.map((change) => change.case)).size;
  const testcase = (id: string, group: string, problem: string | null): string => {
    const texts = [
      ...(problem ? [problem] : []),
      ...failing(id).map((one) => changeText(one, rules)),
    ];
    const open = `    <testcase name="${asXml(id)}" classname="${asXml(`${suite}.${group}`)}"`;
    if (texts.length === 0) return `${open}/>`;
    const message = asXml(texts[0] ?? '');
    return `${open}><failure message="${message}">${asXml(texts.join('\n'))}</failure></testcase>`;
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${asXml(suite)}" tests="${cases.length + gone.length}" failures="${failures}">`,
    ...groups.flatMap((group) => [
      `  <testsuite name="${asXml(group)}">`,
      ...cases
        .filter((one) => one.group === group)
        .map((one) => testcase(one.id, group, one.problem)),
      '  </testsuite>',
    ]),
    ...(gone.length > 0
      ? [
          '  <testsuite name="gone">',
          ...gone.map((one) => testcase(one.case, 'gone', 'The case is gone.')),
          '  </testsuite>',
        ]
      : []),
    '</testsuites>',
    '',
  ].join('\n');
}
