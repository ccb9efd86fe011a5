import { readFileSync } from 'node:fs';
import { planModel } from '../src/operations/plan.ts';
import { readModel } from '../src/operations/reading.ts';
import { Key } from './endings/key.ts';
import { scoreEndings } from './scorers/endings.ts';

const root = new URL('../fixtures/apps/storefront/', import.meta.url).pathname;
const key = Key.parse(JSON.parse(readFileSync(`${root}endings.json`, 'utf8')));
const { model } = await readModel(root, () => undefined);
const { scenarios, plans, unsolved } = planModel(model);
const score = scoreEndings(model, scenarios, key);
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

process.stdout.write(`storefront, solver alone
  recall     ${percent(score.recall)}  ${score.found} of ${score.endings} endings
  precision  ${percent(score.precision)}  ${score.right} of ${score.predictions} scenarios
  planned    ${plans.length} plans, ${unsolved.length} scenarios without one
`);
if (process.argv.includes('--list')) {
  process.stdout.write(`missed:\n${score.missed.map((line) => `  ${line}\n`).join('')}`);
  process.stdout.write(`wrong:\n${score.wrong.map((line) => `  ${line}\n`).join('')}`);
  process.stdout.write(
    `unsolved:\n${unsolved.map(({ scenario, reason }) => `  ${scenario}: ${reason}\n`).join('')}`,
  );
}
