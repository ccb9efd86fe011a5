import { digest } from '../kernel/digest.ts';
import type { Outcome } from '../model/model.ts';
import type { Conjunction } from './alternatives.ts';
import { words } from './words.ts';

/** What an ending is called: its machine code, else its error class, else its message, else its status. */
export function slugOf(outcome: Outcome): string {
  if (outcome.code) return outcome.code;
  if (outcome.error) return snake(outcome.error);
  if (outcome.message) return snake(outcome.message);
  const [text] = outcome.text;
  if (outcome.kind === 'render' && text) return snake(text);
  if (outcome.kind === 'redirect' && outcome.location?.kind === 'literal') {
    return `to ${String(outcome.location.value)}`;
  }
  return String(outcome.status ?? outcome.kind);
}

/**
 * Names for endings of one slug: where there are several, each gets the shortest of its conditions
 * that none of the others has. An ending without such a condition keeps the bare slug.
 */
export function separated(slug: string, ways: readonly Conjunction[]): string[] {
  const sets = ways.map((when) => new Set(when.map(words)));
  return sets.map((own, index) => {
    if (sets.length === 1) return slug;
    const others = sets.filter((_, at) => at !== index);
    const labels = [...own].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
    const one = labels.find((label) => others.every((other) => !other.has(label)));
    if (one !== undefined) return `${slug} (${short(one)})`;
    const needed = labels.filter((label) => others.some((other) => !other.has(label)));
    const few = needed.filter((label, at) => {
      const before = needed.slice(0, at);
      return others.some((other) => before.every((item) => other.has(item)) && !other.has(label));
    });
    const enough = others.every((other) => few.some((label) => !other.has(label)));
    return enough && few.length > 0 ? `${slug} (${short(few.join(', '))})` : slug;
  });
}

const LONGEST = 120;

/** A long formula is told by its beginning, and by a mark that keeps it apart from others that begin so. */
export function short(label: string): string {
  if (label.length <= LONGEST) return label;
  return `${label.slice(0, LONGEST / 2).trimEnd()}… #${digest(label).slice(0, 4)}`;
}

function snake(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
    .slice(0, 60);
}
