import { createHmac } from 'node:crypto';

/**
 * A keyed pseudo-random function: the same key and path give the same 32-bit unsigned integers on
 * any machine, whatever was asked before.
 */
export function random(key: string, ...path: readonly (string | number)[]): number {
  return createHmac('sha256', key).update(path.join('\u0000')).digest().readUInt32BE(0);
}
