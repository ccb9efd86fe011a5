import { getCipherInfo } from 'node:crypto';
import type { Machine } from './machine.ts';
import { object } from './terms.ts';
import { literal, literalOf, stringOf, type Value } from './values.ts';

/** The sizes of a cipher that is named: the runtime's own knowledge. */
export function cipherInfo(name: Value): Value | undefined {
  const info = getCipherInfo(stringOf(name) ?? '');
  if (!info) return undefined;
  const { keyLength, ivLength = 0 } = info;
  return object([
    ['keyLength', literal(keyLength)],
    ['ivLength', literal(ivLength)],
  ]);
}

/** `evp_bytestokey`: a key of so many bits and a vector of so many bytes, made of a password. */
export function derivedKey(
  _: Machine,
  __: string,
  { args }: { readonly args: readonly Value[] },
): Value {
  const [, , bits, bytes] = args;
  const sized = (fn: string, size: number | null): Value => ({
    kind: 'special',
    name: fn,
    get: (name) => (name === 'length' && size !== null ? literal(size) : undefined),
  });
  const [keyBits, ivBytes] = [bits, bytes].map((each) => (each ? literalOf(each) : null));
  return object([
    ['key', sized('key', typeof keyBits === 'number' ? keyBits / 8 : null)],
    ['iv', sized('iv', typeof ivBytes === 'number' ? ivBytes : null)],
  ]);
}
