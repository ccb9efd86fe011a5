import type { Condition } from '../condition/condition.ts';
import { conditionKey, negate, termKey } from '../condition/logic.ts';
import type { Conjunction } from './alternatives.ts';
import { words } from './words.ts';

/**
 * A disjunction of which what else is known leaves no way, in words; null where each has one. What the only way left of
 * one says is known for the others.
 */
export function leftNoWay(when: Conjunction): string | null {
  const known: Known = { keys: new Set(), values: new Map() };
  const open = new Set<Condition & { kind: 'any' }>();
  const learn = (parts: Conjunction) => {
    for (const part of parts) {
      if (part.kind === 'any') open.add(part);
      else add(known, part);
    }
  };
  learn(when);
  for (let before = -1; before !== known.keys.size; ) {
    before = known.keys.size;
    for (const any of open) {
      const ways = any.of.filter((way) => !way.some((part) => isExcluded(known, part)));
      const [only] = ways;
      if (!only) return `nothing is left of ${words(any)}`;
      if (ways.length > 1) continue;
      open.delete(any);
      learn(only);
    }
  }
  return null;
}

interface Known {
  /** The keys of what is known. */
  readonly keys: Set<string>;
  /** What is known to equal a literal, by its key, with the literal's. */
  readonly values: Map<string, string>;
}

function add({ keys, values }: Known, condition: Condition): void {
  keys.add(conditionKey(condition));
  const said = equalIn(condition);
  if (said) values.set(said.subject, said.value);
}

/** Opaque and external conditions may change between two readings; the same text is no proof. */
function isExcluded({ keys, values }: Known, condition: Condition): boolean {
  if (condition.kind === 'any')
    return condition.of.every((way) => way.some((part) => isExcluded({ keys, values }, part)));
  if (condition.kind === 'external' || condition.kind === 'opaque') return false;
  if (keys.has(conditionKey(negate(condition)))) return true;
  const said = equalIn(condition);
  const other = said && values.get(said.subject);
  return other !== undefined && other !== said?.value;
}

function equalIn(condition: Condition): { subject: string; value: string } | undefined {
  if (!('left' in condition) || condition.op !== '=' || condition.right.kind !== 'literal')
    return undefined;
  const { left, right } = condition;
  if (left.kind === 'opaque' || left.kind === 'external' || left.kind === 'literal')
    return undefined;
  return { subject: termKey(left), value: termKey(right) };
}
