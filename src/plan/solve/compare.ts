import type { Op } from '../../condition/condition.ts';
import { type Atom, type Datum, type Fresh, isFresh } from './formula.ts';
import { HOUR, MINUTE } from './instant.ts';

type Rules = Pick<Atom, 'op' | 'margin' | 'sql'>;

/** Whether two known values compare as asked; undefined where that can't be told of a fresh one. */
export function compareData(left: Datum, right: Datum, rules: Rules): boolean | undefined {
  const { op } = rules;
  if (left === null || right === null) return compareNull(left === right, rules);
  if (op === '=' || op === '!=') return equal(left, right) === (op === '=');
  if (isFresh(left) && !isFresh(right) && op.endsWith('matches')) {
    const matched = freshMatches(left, String(right));
    return matched === undefined ? undefined : matched === (op === 'matches');
  }
  if (isFresh(left) || isFresh(right)) return undefined;
  if (op === 'like' || op === 'not like') {
    return likePattern(String(right)).test(String(left)) === (op === 'like');
  }
  if (op === 'matches' || op === 'not matches') {
    const pattern = regularExpression(String(right));
    return pattern ? pattern.test(String(left)) === (op === 'matches') : undefined;
  }
  const [a, b] = comparable(left, right);
  return ordered(a, b, rules);
}

const SAMPLES: Readonly<Record<NonNullable<Fresh['reads']>, readonly string[]>> = {
  integer: ['1', '42', '10234'],
  uuid: ['3f2504e0-4f89-41d3-9a0c-0305e82c3301', 'c9bf9e57-1685-4c89-bafb-ff5af830be8a'],
};

/** What a pattern makes of all values of its type; undefined where it depends on the value. */
function freshMatches({ reads }: Fresh, text: string): boolean | undefined {
  const pattern = regularExpression(text);
  if (!reads || !pattern) return undefined;
  const said = new Set(SAMPLES[reads].map((sample) => pattern.test(sample)));
  return said.size === 1 ? said.has(true) : undefined;
}

/** `/text/flags` or bare text as a regular expression; null where it isn't one. */
export function regularExpression(text: string): RegExp | null {
  const literal = /^\/(.*)\/([a-z]*)$/s.exec(text);
  try {
    return literal?.[1] === undefined ? new RegExp(text) : new RegExp(literal[1], literal[2]);
  } catch {
    return null;
  }
}

/** An SQL LIKE pattern as a regular expression. */
export function likePattern(pattern: string): RegExp {
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${source}$`, 's');
}

function compareNull(both: boolean, { op, sql }: Rules): boolean {
  if (op === '=') return both;
  if (op === '!=') return !both;
  return !sql && op.startsWith('not');
}

function equal(left: Exclude<Datum, null>, right: Exclude<Datum, null>): boolean {
  if (isFresh(left) || isFresh(right)) {
    return isFresh(left) && isFresh(right) && left.fresh === right.fresh;
  }
  const [a, b] = comparable(left, right);
  return a === b;
}

type Plain = string | number | boolean;

/** Both as numbers where one is a number: text that reads as none is neither less nor more. */
function comparable(left: Plain, right: Plain): readonly [Plain, Plain] {
  return typeof left === typeof right ? [left, right] : [numberOf(left), numberOf(right)];
}

/** A number as text, or a day with a time put behind it: `${date}T23:59:59Z`. */
function numberOf(value: Plain): number {
  const timed = /^(-?\d+)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?Z?$/.exec(String(value));
  if (!timed) return Number(value);
  const [day, hours, minutes, seconds] = timed.slice(1).map((part) => Number(part ?? 0));
  return (day ?? 0) + (hours ?? 0) * HOUR + (minutes ?? 0) * MINUTE + (seconds ?? 0) * 1000;
}

function ordered(left: Plain, right: Plain, { op, margin }: { op: Op; margin: number }): boolean {
  if (margin > 0 && typeof left === 'number' && typeof right === 'number') {
    if (Math.abs(left - right) < margin) return false;
  }
  if (op === '<') return left < right;
  if (op === '<=') return left <= right;
  if (op === '>') return left > right;
  return left >= right;
}
