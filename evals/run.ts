import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { planModel } from '../src/operations/plan.ts';
import { readModel } from '../src/operations/reading.ts';
import type { Proof } from '../src/proof/proof.ts';
import { Key } from './endings/key.ts';
import { scoreEndings, scoreProven } from './scorers/endings.ts';

/*
 * Scores the solver against the storefront's answer key. `--list` prints what is missed, wrong and unsolved;
 * `--proofs FILE` (what `statewright demo --variants --json` printed) adds the proven share.
 */
const { values: options } = parseArgs({
  options: { list: { type: 'boolean' }, proofs: { type: 'string' }, json: { type: 'boolean' } },
});
const root = new URL('../fixtures/apps/storefront/', import.meta.url).pathname;
const key = Key.parse(JSON.parse(readFileSync(`${root}endings.json`, 'utf8')));
const { model } = await readModel(root, () => undefined);
const { scenarios, plans, unsolved } = planModel(model);
const score = scoreEndings(model, scenarios, key);
const proofs: Proof[] = options.proofs
  ? JSON.parse(readFileSync(options.proofs, 'utf8')).proofs
  : [];
const proven = new Set(
  proofs.filter(({ verdict }) => verdict === 'proven').map(({ plan }) => plan),
);
const shown = options.proofs ? scoreProven(model, scenarios, { key, proven }) : null;

if (options.json) {
  const scores = { recall: score.recall, precision: score.precision, proven: shown };
  const summary = { endings: score.endings, predictions: score.predictions, plans: plans.length };
  process.stdout.write(
    `${JSON.stringify({ cases: [{ id: 'storefront', scores }], summary }, null, 2)}\n`,
  );
} else {
  const lines = [
    'storefront, solver alone',
    `  recall     ${percent(score.recall)}  ${score.found} of ${score.endings} endings`,
    `  precision  ${percent(score.precision)}  ${score.right} of ${score.predictions} scenarios and variants`,
    `  planned    ${plans.length} plans, ${unsolved.length} scenarios without one`,
    ...(shown
      ? [
          `  proven     ${percent(shown.proven / shown.feasible)}  ${shown.proven} of ${shown.feasible} feasible endings`,
        ]
      : []),
    ...(options.list ? [...section('missed', score.missed), ...section('wrong', score.wrong)] : []),
    ...(options.list && shown ? section('feasible, not proven', shown.open) : []),
    ...(options.list
      ? section(
          'unsolved',
          unsolved.map(({ scenario, reason }) => `${scenario}: ${reason}`),
        )
      : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function section(name: string, items: readonly string[]): string[] {
  return [`${name}:`, ...items.map((item) => `  ${item}`)];
}
