import type { BodyValue } from '../../plan/plan.ts';
import { durationMs, durationWords } from './duration.ts';
import { code, list, type Phrase, say } from './phrase.ts';

/** A plan's value as a person would say it: `"open"`, `user.id`, `1 day ago`, `any email`. */
export function valueWords(value: BodyValue): Phrase {
  if (typeof value !== 'object' || value === null) return [code(JSON.stringify(value))];
  const [form, held] = Object.entries(value)[0] ?? [];
  if (Array.isArray(value) || Object.keys(value).length !== 1) return [code(JSON.stringify(value))];
  if (form === 'ref') return [code(String(held))];
  if (form === 'now') return instantWords(String(held));
  if (form === 'fake') return say`any ${String(held).replaceAll(/[._]/g, ' ')}`;
  if (form === 'unique') return say`unique ${code(JSON.stringify(held))}`;
  if (form === 'json') return [code(JSON.stringify(held))];
  if (form === 'oneOf' && Array.isArray(held)) {
    return say`one of ${list(
      held.map((item) => [code(JSON.stringify(item))]),
      ' or ',
    )}`;
  }
  return [code(JSON.stringify(value))];
}

/** An offset from now: `2 days ago`, `in 5 minutes`, `now`. */
function instantWords(duration: string): Phrase {
  const ms = durationMs(duration);
  if (ms === null) return [code(duration)];
  if (ms === 0) return ['now'];
  return [ms < 0 ? `${durationWords(ms)} ago` : `in ${durationWords(ms)}`];
}

/** What a plan's absence rules out: ``no `orders` row whose `status` is "pending"``. */
export function absenceWords(absence: {
  readonly table: string;
  readonly where: Readonly<Record<string, BodyValue>>;
}): Phrase {
  const facts = Object.entries(absence.where).map(([column, value]) =>
    value === null ? say`${code(column)} is not set` : say`${code(column)} is ${valueWords(value)}`,
  );
  if (facts.length === 0) return say`no row at all in ${code(absence.table)}`;
  return say`no ${code(absence.table)} row whose ${list(facts, ' and ')}`;
}
