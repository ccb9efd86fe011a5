import type { Case } from '../model.ts';
import { keyOf } from './keys.ts';

/** Cases with the same conditions are one, named as the first of them, with what any of them tells. */
export function eachOnce(cases: readonly Case[]): Case[] {
  const kept = new Map<string, Case>();
  for (const each of cases) {
    const key = each.when.map(keyOf).toSorted().join();
    const before = kept.get(key);
    kept.set(key, before ? together(before, each) : each);
  }
  return [...kept.values()];
}

function together(one: Case, other: Case): Case {
  const rows = new Map([...other.rows, ...one.rows].map((row) => [row.id, row]));
  const said = new Set(one.body.map(keyOf));
  return {
    ...one,
    rows: [...rows.values()],
    without: [...new Set([...one.without, ...other.without])],
    body: [...one.body, ...other.body.filter((fact) => !said.has(keyOf(fact)))],
  };
}
