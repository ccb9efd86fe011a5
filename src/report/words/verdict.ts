import type { Verdict } from '../../proof/proof.ts';
import words from './verdicts.json' with { type: 'json' };

/** What a verdict is called, means and asks of a person; `do` is empty where nothing is to be done. */
export interface VerdictWords {
  readonly label: string;
  readonly says: string;
  readonly do: string;
}

export function verdictWords(verdict: Verdict): VerdictWords {
  return (words satisfies Record<Verdict, VerdictWords>)[verdict];
}
