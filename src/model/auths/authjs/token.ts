import type { Place } from '../../../condition/condition.ts';
import type { ts } from '../../../kernel/syntax.ts';
import { headerOf } from '../../readers/request-parts.ts';
import { builtIn } from '../../trace/classes.ts';
import { bringAbout, mayThrow } from '../../trace/errors.ts';
import { all, atom, type Formula, isTrue, not } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branchValue, open } from '../../trace/path.ts';
import { claimsOf } from '../../trace/secrets.ts';
import { placeAt } from '../../trace/source.ts';
import { called, choiceIn } from '../../trace/terms.ts';
import { textCompare } from '../../trace/text-compare.ts';
import { noteToken } from '../../trace/tokens.ts';
import { input, literal, stringOf, typed, type Value } from '../../trace/values.ts';
import { authError } from './errors.ts';
import { type Called, optionIn, secretOf } from './options.ts';

type Asked = Called & { readonly node: ts.Node };

/** What `auth()` and `getServerSession()` make of the claims a cookie carries; null for none, and for no good ones. */
export function claimsCarried(
  machine: Machine,
  asked: Asked,
  made: (token: Value) => Value,
): Value {
  const { old, node } = asked;
  noteToken(machine, { kind: 'authjs', secret: secretOf(machine, asked, asked.node) });
  return whereSent(machine, cookieSent(nameOf(old, false), node), {
    yes: made,
    no: () => literal(null),
  });
}

/**
 * `getToken({ req, secret, secureCookie })`: the claims of the cookie or, where there is none, of a bearer token.
 * Which cookie that is may hang on the environment: of the one for sites behind TLS it is only told whether it is there.
 */
export function tokenAsked(machine: Machine, called: Called, node: ts.Node): Value {
  const asked = { ...called, node };
  const of = (name: string) => optionIn(machine, called.options, { path: [name], node });
  const named = stringOf(of('cookieName'));
  if (named !== undefined) return tokenIn(machine, { ...asked, cookie: named });
  const secure = open(machine, machine.truth(of('secureCookie'), node));
  const [yes, no] = [true, false].map((each) => nameOf(called.old, each));
  if (isTrue(secure)) return tokenIn(machine, { ...asked, cookie: String(yes) });
  return branchValue(machine, secure, {
    yes: () => {
      const sent = cookieSent(String(yes), node);
      return branchValue(machine, present(sent), {
        yes: () => claimsIn(sent),
        no: () => literal(null),
      });
    },
    no: () => tokenIn(machine, { ...asked, cookie: String(no) }),
  });
}

/** `decode({ token, secret })`: the claims of what is given; null where that is no text, an error where it is refused. */
export function tokenDecoded(machine: Machine, called: Called, node: ts.Node): Value {
  const carried = optionIn(machine, called.options, { path: ['token'], node });
  noteToken(machine, { kind: 'authjs', secret: secretOf(machine, called, node) });
  return claimsIfAny(machine, carried, node);
}

/** Of several tokens that may be meant each by itself. */
function claimsIfAny(machine: Machine, carried: Value, node: ts.Node): Value {
  const several = choiceIn(carried);
  if (several)
    return branchValue(machine, several.when, {
      yes: () => claimsIfAny(machine, several.yes, node),
      no: () => claimsIfAny(machine, several.no, node),
    });
  return branchValue(machine, machine.truth(carried, node), {
    yes: () => claimsOf(machine, carried, { node, library: 'authjs' }),
    no: () => literal(null),
  });
}

/** The cookie of a session; of one for sites behind TLS. */
export function nameOf(old: boolean, secure: boolean): string {
  return `${secure ? '__Secure-' : ''}${old ? 'next-auth' : 'authjs'}.session-token`;
}

function tokenIn(machine: Machine, asked: Asked & { readonly cookie: string }): Value {
  const { cookie, node, old } = asked;
  const secret = secretOf(machine, asked, node);
  noteToken(machine, { kind: 'authjs', secret });
  const sent = cookieSent(cookie, node);
  const header = headerOf(machine, 'authorization');
  return branchValue(machine, present(sent), {
    yes: () => {
      if (!old) needSecret(machine, secret, node);
      return whereSent(machine, sent, { yes: (claims) => claims, no: () => literal(null) });
    },
    no: () => {
      noEscape(machine, textCompare(header, BROKEN_ESCAPE, node), node);
      return branchValue(machine, textCompare(header, SCHEME, node), {
        // One that is refused is no other ending than a cookie that is.
        yes: () => claimsIn({ at: placeAt(node), from: 'headers', path: ['authorization'] }),
        no: () => literal(null),
      });
    },
  });
}

/** A bearer token is percent-encoded; one that is not throws. */
function noEscape(machine: Machine, when: Formula, node: ts.Node): void {
  const value = builtIn(['URIError', 'Error'], [['message', literal('URI malformed')]]);
  bringAbout(value);
  mayThrow(machine, { when, value }, node);
}

/** A token can't be opened without a secret: a mistake in the app's settings, of which Auth.js tells by an error. */
function needSecret(machine: Machine, secret: Value, node: ts.Node): void {
  const value = authError('MissingSecret');
  bringAbout(value);
  mayThrow(machine, { when: not(machine.truth(secret, node)), value }, node);
}

const SCHEME = { op: 'like', pattern: 'Bearer %' } as const;

/** A percent sign that no two hexadecimal digits follow. */
const BROKEN_ESCAPE = {
  op: 'matches',
  pattern: '^Bearer [^ ]*%([^0-9A-Fa-f]|[0-9A-Fa-f]([^0-9A-Fa-f]|$)|$)',
} as const;

interface Sent {
  readonly at: Place;
  readonly from: 'cookies' | 'headers';
  readonly path: readonly string[];
}

function cookieSent(cookie: string, node: ts.Node): Sent {
  return { at: placeAt(node), from: 'cookies', path: [cookie] };
}

function present(sent: Sent) {
  return atom({ kind: 'input', is: 'present', ...sent });
}

function good(sent: Sent) {
  return atom({ kind: 'input', is: 'valid', ...sent });
}

/** The claims of a token that is there and was sealed by the app; what is expired or another's is as good as none. */
function whereSent(
  machine: Machine,
  sent: Sent,
  sides: { readonly yes: (claims: Value) => Value; readonly no: () => Value },
): Value {
  return branchValue(machine, all([present(sent), good(sent)]), {
    yes: () => sides.yes(claimsIn(sent)),
    no: sides.no,
  });
}

function claimsIn({ from, path }: Sent): Value {
  return called('tokenClaims', [input(from, path, { type: 'string' })], typed('unknown'));
}
