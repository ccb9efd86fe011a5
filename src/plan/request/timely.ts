import type { BodyValue } from '../plan.ts';
import { isPlainObject } from './body.ts';
import { SAMPLE_INSTANT } from './sample.ts';

/** A sample's instant would be over one day: it is counted from when the request is sent. */
export function timely(value: BodyValue): BodyValue {
  if (value === SAMPLE_INSTANT) return { now: 'P1D' };
  if (Array.isArray(value)) return value.map(timely);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, timely(each)]));
}
