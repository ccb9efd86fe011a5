import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import { builtIn } from '../trace/classes.ts';
import type { Machine } from '../trace/machine.ts';
import { branch } from '../trace/path.ts';
import { claimsOf, unsigned } from '../trace/secrets.ts';
import { called, object } from '../trace/terms.ts';
import { noteToken } from '../trace/tokens.ts';
import { literal, type Special, typed, UNDEFINED, type Value } from '../trace/values.ts';

/** Signed tokens by hand: jsonwebtoken, jose, hono/jwt and fast-jwt's likes. */
export const jwt = {
  name: 'jwt',
  from: /^(jsonwebtoken|jose|hono\/jwt|@hono\/hono\/jwt)$/,
  call: (machine, { name, args, node, made }) => {
    const fn = name.split('.').at(-1) ?? name;
    if (made) return fn === 'SignJWT' ? builder(machine, args[0] ?? object()) : undefined;
    if (fn === 'jwtVerify') return verified(machine, args, node);
    if (fn === 'verify') return checked(machine, args, node);
    if (/^decode(Jwt)?$/.test(fn)) return called('tokenClaims', args.slice(0, 1), typed('unknown'));
    return fn === 'sign' ? signed(machine, args) : undefined;
  },
} satisfies LibraryReader;

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

/** jose's `jwtVerify(token, secret, options)`. */
function verified(machine: Machine, args: readonly Value[], node: ts.Node): Value {
  const [carried = UNDEFINED, secret, options = UNDEFINED] = args;
  noteToken(machine, { secret, ...demands(machine, options, node) });
  const claims = claimsOf(machine, carried, node);
  return {
    kind: 'special',
    name: 'jwt',
    get: (each) => (each === 'payload' ? claims : undefined),
  };
}

/** `verify(token, secret, options)`, with a callback or without. */
function checked(machine: Machine, args: readonly Value[], node: ts.Node): Value {
  const [carried = UNDEFINED, secret, options = UNDEFINED] = args;
  const back = args.slice(2).find((each) => each.kind === 'closure');
  noteToken(machine, { secret, ...demands(machine, options, node) });
  if (!back) return claimsOf(machine, carried, node);
  const refused = builtIn(['JsonWebTokenError', 'Error'], []);
  const claims = called('tokenClaims', [carried], typed('unknown'));
  branch(machine, unsigned(carried, node), {
    yes: () => void machine.call(back, [refused, UNDEFINED], node),
    no: () => void machine.call(back, [literal(null), claims], node),
  });
  return UNDEFINED;
}

/** `sign(payload, secret, options)`. */
function signed(machine: Machine, args: readonly Value[]): Value {
  const [payload = UNDEFINED, secret, options] = args;
  const subject = options?.kind === 'object' ? options.fields.value.get('subject') : undefined;
  noteToken(machine, {
    secret,
    made: true,
    algorithms: [options],
    payload,
    said: [['sub', subject]],
  });
  return called('random', [], typed('string'));
}

/** jose's `new SignJWT({ … }).setSubject(…).sign(secret)`. */
function builder(machine: Machine, payload: Value): Special {
  const self = (claims: readonly (readonly [string, Value | undefined])[]): Special => ({
    kind: 'special',
    name: 'SignJWT',
    invoke: (method, [first]) => {
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
