import { type Draw, drawFrom } from '../../kernel/draw.ts';
import { random } from '../../kernel/seed.ts';

/** A draw by a key and a path. */
export function draw(key: string, ...path: readonly (string | number)[]): Draw {
  let counter = 0;
  return drawFrom(() => random(key, ...path, counter++));
}
