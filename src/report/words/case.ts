import type { Case } from '../../model/model.ts';
import { conditionWords, type Scene } from './condition.ts';
import { list, type Phrase, say } from './phrase.ts';

/** What one case of an ending asks for: `` `query.status` is given``. */
export function caseWords({ when, rows }: Case, { reads, writes }: Scene): Phrase {
  const scene = { reads: [...reads, ...rows], writes };
  const parts = when.map((condition) => conditionWords(condition, scene));
  return say`where ${list(parts, ' and ')}`;
}
