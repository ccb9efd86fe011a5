import type { Bias, Calibration, Judgement } from '../eval.ts';
import { align, section } from './align.ts';

/** What a judge says, beside what its word is worth: one never without the other. */
export function judgementLines(judgement: Judgement, notes: boolean): string[] {
  const rows = judgementRows(judgement);
  return [
    '',
    `judge: ${judgement.about}`,
    ...(rows.length > 1 ? align(rows) : []),
    ...section('could not be judged', judgement.problems),
    ...(notes
      ? Object.entries(judgement.notes).flatMap(([name, some]) => section(`low ${name}`, some))
      : []),
  ];
}

const HEAD = [
  ...['grades', 'mean', 'cases', 'kappa', '95 %', 'among people'],
  ...['the same', 'within 1', 'long ones', 'first ones', ''],
];

/** A criterion a row: its mean grade, how far the judge agrees with people, and whether it counts. */
export function judgementRows({ calibrations, totals }: Judgement): string[][] {
  return [
    HEAD,
    ...calibrations.map((one) => {
      const total = totals[one.criterion];
      return [
        one.criterion,
        total ? total.value.toFixed(2) : '–',
        total ? String(total.cases) : '–',
        ...worth(one),
        one.calibrated ? 'counted' : `not counted: ${one.because.join('; ')}`,
      ];
    }),
  ];
}

function worth({
  kappa,
  interval,
  people,
  agreement,
  nearly,
  longer,
  first,
}: Calibration): string[] {
  return [
    number(kappa),
    interval ? `${number(interval[0])} – ${number(interval[1])}` : '–',
    number(people),
    percent(agreement),
    percent(nearly),
    biasText(longer),
    biasText(first),
  ];
}

function biasText(bias: Bias | null): string {
  return bias === null ? '–' : `${bias.by < 0 ? '−' : '+'}${Math.abs(bias.by).toFixed(2)}`;
}

function number(value: number | null): string {
  return value === null ? '–' : value.toFixed(2);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
