import type { ts } from '../../kernel/syntax.ts';
import { builtIn } from './classes.ts';
import { OWN_WORDS } from './error-words.ts';
import { bringAbout, mayThrow, neverThrows } from './errors.ts';
import { atom, FALSE, type Formula, isFalse, some } from './formula.ts';
import { isSent } from './input-facts.ts';
import { cipherInfo } from './key-sizes.ts';
import type { Machine } from './machine.ts';
import { FILLED, madeUp } from './made.ts';
import { absentThrows } from './nothing.ts';
import { narrowed, open } from './path.ts';
import { calledBack } from './promises.ts';
import { placeAt, textOf } from './source.ts';
import { called, choose, partsOf, toTerm, truthValue } from './terms.ts';
import { noToken, type TokenLibrary, tokenError } from './token-errors.ts';
import { compareValues } from './truth.ts';
import { literal, literalOf, term, typed, UNDEFINED, unknown, type Value } from './values.ts';

interface Called {
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

/** node:crypto: digests by their name, random values, and passwords through scrypt or pbkdf2. */
export function hashing(machine: Machine, name: string, { args, node }: Called): Value | undefined {
  const fn = name.split('.').at(-1) ?? name;
  const [first = UNDEFINED, second = UNDEFINED, third] = args;
  if (fn === 'createHash') return digest(machine, String(literalOf(first) ?? 'hash'), []);
  if (fn === 'createHmac') {
    absentThrows(machine, second, node);
    return digest(machine, 'hmac', [second]);
  }
  if (fn === 'hash') return called(String(literalOf(first) ?? 'hash'), [second], FILLED);
  if (/^random/.test(fn)) return madeUp();
  if (/^(scrypt|pbkdf2)/.test(fn)) {
    const hash = called('passwordHash', [first, second]);
    const back = args.at(-1);
    if (back?.kind !== 'closure' || !third) return hash;
    // Texts are hashed whatever they say: it is never called back with an error.
    machine.call(back, [literal(null), hash], node);
    return UNDEFINED;
  }
  if (/^create(De)?[cC]ipheriv$/.test(fn))
    return cipher(fn === 'createCipheriv' ? 'encrypted' : 'decrypted');
  if (fn === 'getCipherInfo') return cipherInfo(first);
  if (fn === 'timingSafeEqual') return sameSecret(first, second, node);
  return undefined;
}

/** `createHash(…).update(x).digest('hex')`: hex where no other encoding is said. */
function digest(machine: Machine, fn: string, parts: readonly Value[]): Value {
  return {
    kind: 'special',
    name: fn,
    invoke: (method, args, node) => {
      if (method === 'update') {
        const [part = UNDEFINED] = args;
        absentThrows(machine, part, node);
        return digest(machine, fn, [...parts, narrowed(machine, part)]);
      }
      if (method !== 'digest') return undefined;
      const encoding = args[0] && literalOf(args[0]) !== 'hex' ? [args[0]] : [];
      return called(fn, [...parts, ...encoding], FILLED);
    },
  };
}

/** What goes through a cipher is the whole text of what comes out. */
function cipher(fn: 'encrypted' | 'decrypted'): Value {
  const made: Value = {
    kind: 'special',
    name: fn,
    invoke: (method, [part = UNDEFINED]) => {
      if (method === 'update') return called(fn, [part], typed('string'));
      if (method === 'final') return literal('');
      return method === 'getAuthTag' ? madeUp() : made;
    },
  };
  return made;
}

function sameSecret(left: Value, right: Value, node: ts.Node): Value {
  const hash = [left, right]
    .map((each) => toTerm(each))
    .find((each) => each.kind === 'call' && each.fn === 'passwordHash');
  if (hash?.kind !== 'call') return truthValue(compareValues({ left, op: '=', right }, node));
  const other = toTerm(left) === hash ? right : left;
  const [password] = hash.args;
  const stored = [...partsOf(toTerm(other)), ...partsOf(hash)].find(
    (part) => part.kind === 'column',
  );
  if (!password || !stored) return truthValue(compareValues({ left, op: '=', right }, node));
  return matches(term(password), term(stored));
}

function matches(password: Value, stored: Value): Value {
  return called('passwordMatches', [password, stored], typed('boolean'));
}

/** bcrypt, argon2 and the like, some with a callback: `verify` takes the hash first in argon2, `compare` last in bcrypt. */
export function passwords(machine: Machine, name: string, asked: Called): Value | undefined {
  const back = asked.args.at(-1);
  if (back?.kind !== 'closure') return password(machine, name, asked);
  const promise = () => password(machine, name, asked) ?? unknown(textOf(asked.node));
  calledBack(machine, back, { promise, node: asked.node });
  return UNDEFINED;
}

function password(machine: Machine, name: string, { args, node }: Called): Value | undefined {
  const fn = name.split('.').at(-1) ?? name;
  const [first = UNDEFINED, second = UNDEFINED] = args;
  if (/^(compare|hash)/.test(fn)) secretMissing(machine, first, node);
  if (/^verify/.test(fn)) secretMissing(machine, second, node);
  if (/^compare/.test(fn)) return matches(first, second);
  if (/^verify/.test(fn)) return matches(second, first);
  if (/^hash/.test(fn)) return called('passwordHash', [first], FILLED);
  if (/^genSalt/.test(fn)) return madeUp();
  return undefined;
}

/** No password at all is an error, not a wrong one. */
function secretMissing(machine: Machine, secret: Value, node: ts.Node): void {
  if (secret.kind !== 'term' || secret.term.kind !== 'input') return;
  if (isSent(machine, secret.term)) return;
  const { from, path } = secret.term;
  const when = atom({ kind: 'input', is: 'missing', at: placeAt(node), from, path: [...path] });
  const value = builtIn(['Error'], [['message', OWN_WORDS]]);
  bringAbout(value);
  mayThrow(machine, { when, value }, node);
}

/** When a token that a request carries is none that the app signed. */
export function unsigned(carried: Value, node: ts.Node): Formula {
  const source = partsOf(toTerm(carried)).find((part) => part.kind === 'input');
  if (source?.kind !== 'input') return FALSE;
  const { from, path } = source;
  return atom({ kind: 'input', is: 'invalid', at: placeAt(node), from, path: [...path] });
}

/** The claims of a signed token; one that is refused, or none at all, is an error of the library. */
export function claimsOf(
  machine: Machine,
  carried: Value,
  { node, library = 'jsonwebtoken', claims = false }: Checked,
): Value {
  const when = unsigned(carried, node);
  if (!isFalse(when)) {
    const either = some([when, isNothing(carried, node)]);
    refuse(machine, { when: either, value: tokenError(carried, { library, claims }, node) }, node);
  }
  return tokenClaims(carried);
}

interface Checked {
  readonly node: ts.Node;
  readonly library?: TokenLibrary;
  /** Whether what the token says of its issuer or audience is asked. */
  readonly claims?: boolean;
}

/** What a token says, whoever signed it; a text that is no token is an error of the library. */
export function decodedClaims(
  machine: Machine,
  carried: Value,
  { node, library = 'jsonwebtoken' }: Checked,
): Value {
  const when = some([unsigned(carried, node), isNothing(carried, node)]);
  refuse(machine, { when, value: noToken(library) }, node);
  return tokenClaims(carried);
}

/** The same where no token gives null. */
export function claimsOrNull(machine: Machine, carried: Value, node: ts.Node): Value {
  const none = some([unsigned(carried, node), isNothing(carried, node)]);
  return choose(open(machine, none), literal(null), tokenClaims(carried));
}

function tokenClaims(carried: Value): Value {
  return called('tokenClaims', [carried], typed('unknown'));
}

function isNothing(carried: Value, node: ts.Node): Formula {
  return compareValues({ left: carried, op: '=', right: literal(null) }, node);
}

function refuse(
  machine: Machine,
  { when, value }: { when: Formula; value: Value },
  node: ts.Node,
): void {
  const left = open(machine, when);
  if (isFalse(left)) {
    neverThrows(machine);
    return;
  }
  bringAbout(value);
  mayThrow(machine, { when: left, value }, node);
}
