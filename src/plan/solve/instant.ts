import type { Term } from '../../condition/condition.ts';
import { typeOf } from './column-type.ts';
import { columnOf, tableNamed } from './setting.ts';
import type { World } from './world.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const UNITS = [
  ['D', DAY],
  ['H', HOUR],
  ['M', MINUTE],
  ['S', 1000],
] as const;

/** Milliseconds as an ISO 8601 duration: `-P1D`, `PT1H30M`. */
export function durationOf(ms: number): string {
  let rest = Math.abs(Math.round(ms / 1000)) * 1000;
  let [days, time] = ['', ''];
  for (const [unit, size] of UNITS) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0 && unit === 'D') days = `${amount}D`;
    else if (amount > 0) time += `${amount}${unit}`;
  }
  if (!days && !time) return 'PT0S';
  return `${ms < 0 ? '-' : ''}P${days}${time ? `T${time}` : ''}`;
}

/** How far from a boundary an instant is put, so that it reads well and the clock can't cross it. */
export function stepFrom(boundary: number): number {
  const distance = Math.abs(boundary);
  if (distance === 0 || distance > DAY) return DAY;
  return distance > HOUR ? HOUR : 5 * MINUTE;
}

/** Whether the clock's going on can change how the term compares. */
export function isInstant(world: World, term: Term): boolean {
  if (term.kind === 'now') return true;
  if (term.kind === 'column') {
    const column = columnOf(tableNamed(world.setting, term.row), term.column);
    return column !== undefined && typeOf(column) === 'instant';
  }
  if (term.kind !== 'arith' || term.op === '/') return false;
  return isInstant(world, term.left) || isInstant(world, term.right);
}
