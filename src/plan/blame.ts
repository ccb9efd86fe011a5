import { canonicalJson } from '../kernel/digest.ts';
import type { Finding } from '../kernel/finding.ts';
import { levelPath, under } from './cover.ts';
import type { Mix } from './dimensions.ts';
import type { WireLevel, WireSubject } from './wire.ts';

/** A state of a subject that was tried, and what came instead of its ending. */
export interface Tried {
  readonly mix: Mix;
  readonly failed: Finding | null;
}

/**
 * What failed of a subject's states, laid to the least that explains it: its base where all failed, a level
 * where all with it did, else the mix alone.
 */
export function blame(
  subject: WireSubject,
  tried: readonly Tried[],
): { readonly findings: readonly Finding[]; readonly apart: readonly string[] } {
  const failures = tried.filter(({ failed }) => failed !== null);
  const [first] = failures;
  if (!first?.failed) return { findings: [], apart: [] };
  if (failures.length === tried.length) {
    return { findings: under(subject.title, [first.failed]), apart: [] };
  }
  const passed = new Set(tried.flatMap(({ mix, failed }) => (failed ? [] : mix.map(keyOf))));
  const guilty = (level: WireLevel) => !passed.has(keyOf(level));
  const found = new Map<string, Finding[]>();
  for (const { mix, failed } of failures) {
    for (const level of mix.filter(guilty)) {
      const key = keyOf(level);
      if (failed && !found.has(key)) found.set(key, under(levelPath(subject, level), [failed]));
    }
  }
  const apart = failures.filter(({ mix }) => !mix.some(guilty));
  return {
    findings: [...found.values()].flat(),
    apart: apart.map(({ mix }) => `${subject.title}: ${mix.map(({ title }) => title).join(' + ')}`),
  };
}

function keyOf(level: WireLevel): string {
  return canonicalJson(level);
}
