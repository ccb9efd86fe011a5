import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { StatewrightError } from '../../kernel/errors.ts';
import { Proof } from '../../proof/proof.ts';

const Proved = z.object({
  proofs: z.array(Proof.pick({ plan: true, verdict: true, reason: true })),
});

/** The plans that a run of `prove --json` could not prove, with what came of them. Throws `export.notProofs`. */
export async function readUnproven(path: string): Promise<Map<string, string>> {
  const { proofs } = await parsed(path);
  const failed = proofs.filter(({ verdict }) => verdict !== 'proven');
  return new Map(
    failed.map(({ plan, verdict, reason }) => [plan, `${verdict}: ${reason ?? 'no reason given'}`]),
  );
}

async function parsed(path: string): Promise<z.infer<typeof Proved>> {
  try {
    return Proved.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new StatewrightError('export.notProofs', `${path} does not hold proofs.`, {
      hint: 'Write it with: statewright prove --json > proofs.json. Nothing was written.',
      cause,
    });
  }
}
