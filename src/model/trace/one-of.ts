import { endsOf } from './terms.ts';
import type { Value } from './values.ts';

/**
 * What several places put into one variable, whichever of them did: an instance of one class, a client, or something
 * that is there in every case. Undefined where it may be nothing.
 */
export function oneOf(values: readonly Value[], text: string): Value | undefined {
  const ends = values.flatMap(endsOf);
  const [first, ...others] = ends;
  if (!first) return undefined;
  const isSame = (each: Value) =>
    each.kind === 'instance' && first.kind === 'instance' && each.of?.node === first.of?.node;
  if (first.kind === 'instance' && others.every(isSame)) return first;
  const client = oneClient(ends);
  if (client) return client;
  return ends.every(({ kind }) => THERE.has(kind)) ? { kind: 'special', name: text } : undefined;
}

const THERE: ReadonlySet<Value['kind']> = new Set([
  'instance',
  'object',
  'array',
  'special',
  'closure',
  'class',
]);

/** A client that is made in one of several ways is a client all the same. */
export function oneClient(ends: readonly Value[]): Value | undefined {
  const [first, ...others] = ends;
  const isClient = first?.kind === 'special';
  const same = others.every(
    (each) => each.kind === 'special' && isClient && each.name === first.name,
  );
  return isClient && same ? first : undefined;
}
