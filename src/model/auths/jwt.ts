import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import { FALSE } from '../trace/formula.ts';
import type { Machine } from '../trace/machine.ts';
import { branch } from '../trace/path.ts';
import { calledUnheard } from '../trace/rejections.ts';
import { claimsOf, claimsOrNull, decodedClaims, unsigned } from '../trace/secrets.ts';
import { called, choose, object } from '../trace/terms.ts';
import { type TokenLibrary, tokenError } from '../trace/token-errors.ts';
import { noteToken } from '../trace/tokens.ts';
import { literal, literalOf, type Special, typed, UNDEFINED, type Value } from '../trace/values.ts';

/** Signed tokens by hand: jsonwebtoken. */
export const jsonwebtoken = reader('jsonwebtoken', /^jsonwebtoken$/);
export const jose = reader('jose', /^(jose|jwt-decode)$/);
export const honoJwt = reader('hono', /^(hono\/jwt|@hono\/hono\/jwt)$/);

type Asked = {
  readonly args: readonly Value[];
  readonly node: ts.Node;
  readonly library: TokenLibrary;
};

function reader(library: TokenLibrary, from: RegExp): LibraryReader {
  return {
    name: library,
    from,
    call: (machine, { name, args, node, made }) => {
      const fn = name.split('.').at(-1) ?? name;
      if (made) {
        return /^(Sign|Encrypt)JWT$/.test(fn) ? builder(machine, args[0] ?? object()) : undefined;
      }
      const asked = { args, node, library };
      if (/^jwt(Verify|Decrypt)$/.test(fn))
        return payloadOf(checked(machine, asked), args[0] ?? UNDEFINED);
      if (fn === 'verify') return checked(machine, asked);
      if (/^(decode(Jwt)?|jwtDecode)$/.test(fn)) return decoded(machine, fn, asked);
      return fn === 'sign' ? signed(machine, args) : undefined;
    },
  };
}

/** What a token must say by the options it is verified with. */
function demands(machine: Machine, options: Value, node: ts.Node) {
  const of = (name: string) =>
    options.kind === 'object' ? machine.get(options, name, node) : UNDEFINED;
  return {
    algorithms: [options, of('algorithms'), of('alg')],
    said: [
      ['iss', of('issuer')],
      ['aud', of('audience')],
    ] as const,
  };
}

/** A token's claims where they stand beside its header. */
function payloadOf(claims: Value, carried: Value): Special {
  const header = called('tokenHeader', [carried], typed('unknown'));
  const parts = new Map([
    ['payload', claims],
    ['header', header],
    ['protectedHeader', header],
  ]);
  return { kind: 'special', name: 'jwt', get: (name) => parts.get(name) };
}

/** `verify(token, secret, options)`, with a callback or without. */
function checked(machine: Machine, { args, node, library }: Asked): Value {
  const [carried = UNDEFINED, secret, options = UNDEFINED] = args;
  const back = args.slice(2).find((each) => each.kind === 'closure');
  const asks = demands(machine, options, node);
  noteToken(machine, { secret, ...asks });
  const claims = asks.said.some(([, value]) => value.kind !== 'undefined');
  if (!back) {
    const found = claimsOf(machine, carried, { node, library, claims });
    return isWhole(machine, options, node) ? payloadOf(found, carried) : found;
  }
  const refused = tokenError(carried, { library, claims }, node);
  const found = called('tokenClaims', [carried], typed('unknown'));
  branch(machine, unsigned(carried, node), {
    yes: () => void calledUnheard(machine, back, { args: [refused, UNDEFINED], node }),
    no: () => void calledUnheard(machine, back, { args: [literal(null), found], node }),
  });
  return UNDEFINED;
}

/** jsonwebtoken gives null for what is no token, others throw; Hono gives the header beside the claims. */
function decoded(machine: Machine, fn: string, { args, node, library }: Asked): Value {
  const [carried = UNDEFINED, options = UNDEFINED] = args;
  if (library !== 'jsonwebtoken') {
    const claims = decodedClaims(machine, carried, { node, library });
    return fn === 'decode' ? payloadOf(claims, carried) : claims;
  }
  const found = claimsOrNull(machine, carried, node);
  if (!isWhole(machine, options, node)) return found;
  const [none, claims] = found.kind === 'choice' ? [found.when, found.no] : [FALSE, found];
  return choose(none, literal(null), payloadOf(claims, carried));
}

/** `{ complete: true }`: the header is asked for too. */
function isWhole(machine: Machine, options: Value, node: ts.Node): boolean {
  return options.kind === 'object' && literalOf(machine.get(options, 'complete', node)) === true;
}

/** `sign(payload, secret, options)`. */
function signed(machine: Machine, args: readonly Value[]): Value {
  const [payload = UNDEFINED, secret, options] = args;
  const of = (name: string) =>
    options?.kind === 'object' ? options.fields.value.get(name) : undefined;
  noteToken(machine, {
    secret,
    made: true,
    algorithms: [options],
    payload,
    said: [
      ['sub', of('subject')],
      ['iss', of('issuer')],
      ['aud', of('audience')],
    ],
  });
  return called('random', [], typed('string'));
}

/** jose's `new SignJWT({ … }).setSubject(…).sign(secret)`. */
function builder(machine: Machine, payload: Value): Special {
  const self = (claims: readonly (readonly [string, Value | undefined])[]): Special => ({
    kind: 'special',
    name: 'SignJWT',
    invoke: (method, [first]) => {
      if (method === 'encrypt') return called('random', [], typed('string'));
      if (method === 'sign') {
        noteToken(machine, { secret: first, made: true, payload, said: claims });
        return called('random', [], typed('string'));
      }
      const name = SETTERS[method];
      return self(name ? [...claims, [name, first]] : claims);
    },
  });
  return self([]);
}

const SETTERS: Readonly<Record<string, string>> = {
  setSubject: 'sub',
  setIssuer: 'iss',
  setAudience: 'aud',
};
