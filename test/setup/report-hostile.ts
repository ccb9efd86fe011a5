import type { Report } from '../../src/report/report.ts';
import { sampleReport } from './report-sample.ts';

/** Texts that try to leave the place they are put in, or to act on who reads them. */
export const HOSTILE = [
  '</script><script>window.pwned=1</script>',
  '</template></article><img src=x onerror=window.pwned=1>',
  '"><svg/onload=window.pwned=1>',
  "' onfocus='window.pwned=1' autofocus='",
  '\u001b[31mred\u001b[0m\u001b]0;title\u0007',
  'user\u202etxt.exe\u2066\u200b\u00ad',
  ']]>&amp;<!--',
  '\ud800 lone, \u0000 nul',
] as const;

/** The sample with hostile text wherever a repo or a database could put some. */
export function hostileReport(): Report {
  const evil = HOSTILE.join(' ');
  const spoilt = spoil(sampleReport, evil);
  return {
    ...spoilt,
    findings: [
      ...spoilt.findings,
      {
        code: evil,
        severity: 'error',
        at: { file: evil, line: 1, path: evil },
        facts: { [evil]: evil },
        fingerprint: 'f',
      },
    ],
  };
}

const SPOILT = new Set([
  'title',
  'reason',
  'text',
  'symbol',
  'name',
  'commit',
  'barcode',
  'error',
  'table',
]);

/** Appends the text to every string under a key of free text; ids keep tying things together. */
function spoil<T>(value: T, evil: string, key = ''): T {
  if (typeof value === 'string') return (SPOILT.has(key) ? `${value} ${evil}` : value) as T;
  if (Array.isArray(value)) return value.map((each) => spoil(each, evil, key)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, spoil(each, evil, name)]),
  ) as T;
}
