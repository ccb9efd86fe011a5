import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Proof } from '../../src/proof/proof.ts';
import { openDesk } from './cli.ts';

const APPS = fileURLToPath(new URL('../../fixtures/apps', import.meta.url));

/** What proving a fixture app by the command line came to. */
export interface ProvenApp {
  /** The verdict of each ending's own plan. */
  readonly verdicts: Readonly<Record<string, string>>;
  /** What was proven otherwise than planned, or not at all. */
  readonly others: readonly string[];
  /** Everything that was said: both streams and the report. */
  readonly said: string;
}

/** Reads, plans and proves a fixture app in a folder of its own. */
export async function proveFixture(name: string): Promise<ProvenApp> {
  const desk = openDesk();
  const app = join(desk.folder, name);
  cpSync(join(APPS, name), app, { recursive: true });
  const { code, stdout, stderr } = await desk.run(['prove', app, '--json']);
  if (code === null || code > 1) throw new Error(`prove ended with ${code}\n${stderr}`);
  const { proofs, report }: { proofs: Proof[]; report: string } = JSON.parse(stdout);
  const own = proofs.filter(({ plan }) => !/ › .* › /.test(plan));
  return {
    verdicts: Object.fromEntries(own.map(({ plan, verdict }) => [plan, verdict])),
    others: proofs.filter(({ verdict }) => verdict !== 'proven').map(lineOf),
    said: `${stdout}${stderr}${readFileSync(report, 'utf8')}`,
  };
}

function lineOf(proof: Proof): string {
  const got = proof.observed ? ` (${JSON.stringify(proof.observed).slice(0, 300)})` : '';
  return `${proof.plan}: ${proof.verdict} ${proof.reason}${got}`;
}
