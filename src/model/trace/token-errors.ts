import type { ts } from '../../kernel/syntax.ts';
import { builtIn } from './classes.ts';
import { called, choose } from './terms.ts';
import { compareValues } from './truth.ts';
import { literal, typed, unknown, type Value } from './values.ts';

/** Why a token is refused; what is not one of these is none at all. */
type Reason = 'expired' | 'claim' | 'signature' | 'malformed';

interface Refused {
  readonly classes: readonly string[];
  /** As a whole, or as it begins where an ellipsis follows. */
  readonly message: string;
  readonly code?: string;
}

type Dialect = Readonly<Record<Reason, Refused>>;

const SIMPLE = ['JsonWebTokenError'];

/** What jose says of a token's claims, be it signed or encrypted. */
const JOSE = {
  expired: {
    classes: ['JWTExpired', 'JOSEError'],
    message: '"exp" claim timestamp check failed',
    code: 'ERR_JWT_EXPIRED',
  },
  claim: {
    classes: ['JWTClaimValidationFailed', 'JOSEError'],
    message: 'unexpected …',
    code: 'ERR_JWT_CLAIM_VALIDATION_FAILED',
  },
};

/** What libraries throw at a token they refuse. */
const DIALECTS = {
  jsonwebtoken: {
    expired: { classes: ['TokenExpiredError', ...SIMPLE], message: 'jwt expired' },
    claim: { classes: SIMPLE, message: 'jwt …' },
    signature: { classes: SIMPLE, message: 'invalid signature' },
    malformed: { classes: SIMPLE, message: 'jwt malformed' },
  },
  jose: {
    ...JOSE,
    signature: {
      classes: ['JWSSignatureVerificationFailed', 'JOSEError'],
      message: 'signature verification failed',
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    },
    malformed: {
      classes: ['JWSInvalid', 'JOSEError'],
      message: 'Invalid Compact JWS',
      code: 'ERR_JWS_INVALID',
    },
  },
  authjs: {
    ...JOSE,
    signature: {
      classes: ['JWEDecryptionFailed', 'JOSEError'],
      message: 'decryption operation failed',
      code: 'ERR_JWE_DECRYPTION_FAILED',
    },
    malformed: {
      classes: ['JWEInvalid', 'JOSEError'],
      message: 'Invalid Compact JWE',
      code: 'ERR_JWE_INVALID',
    },
  },
  hono: {
    expired: { classes: ['JwtTokenExpired'], message: 'token (…' },
    claim: { classes: ['JwtTokenIssuer'], message: 'expected …' },
    signature: { classes: ['JwtTokenSignatureMismatched'], message: 'token(…' },
    malformed: { classes: ['JwtTokenInvalid'], message: 'invalid JWT token: …' },
  },
} as const satisfies Readonly<Record<string, Dialect>>;

export type TokenLibrary = keyof typeof DIALECTS;

/** What a library throws at a token it refuses: which error it is hangs on the reason, for code that asks. */
export function tokenError(
  carried: Value,
  { library, claims }: { readonly library: TokenLibrary; readonly claims: boolean },
  node: ts.Node,
): Value {
  const dialect: Dialect = DIALECTS[library];
  const why = called('tokenRefusal', [carried], typed('string'));
  const error = (reason: Reason) => errorOf(dialect[reason]);
  const reasons: readonly Reason[] = [
    'expired',
    ...(claims ? (['claim'] as const) : []),
    'signature',
  ];
  return reasons.reduceRight((otherwise, reason) => {
    const when = compareValues({ left: why, op: '=', right: literal(reason) }, node);
    return choose(when, error(reason), otherwise);
  }, error('malformed'));
}

/** What is thrown at a text that is no token. */
export function noToken(library: TokenLibrary): Value {
  return errorOf(DIALECTS[library].malformed);
}

function errorOf({ classes, message, code }: Refused): Value {
  const [name = 'Error'] = classes;
  return builtIn(
    [...classes, 'Error'],
    [
      ['name', literal(name)],
      ['message', messageOf(message)],
      ...(code === undefined ? [] : [['code', literal(code)] as const]),
    ],
  );
}

function messageOf(text: string): Value {
  if (!text.endsWith('…')) return literal(text);
  return called('concat', [literal(text.slice(0, -1)), unknown('message')], typed('string'));
}
