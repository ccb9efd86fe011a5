import { parseArgs } from 'node:util';
import { asMarkdown, faultTable } from './table.ts';

/** `node evals/faults/run.ts`: every fault at every statement of `up` and `down`; exits with 1 where anything was left. */
const { values } = parseArgs({
  options: { step: { type: 'string', default: '1' }, only: { type: 'string', default: '' } },
});
const say = (line: string) => console.error(line);
const struck = await faultTable({ step: Number(values.step), only: values.only, say });
console.log(asMarkdown(struck));
process.exitCode = struck.every(({ left }) => left === null) ? 0 : 1;
