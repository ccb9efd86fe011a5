import { createHmac } from 'node:crypto';
import type { Somebody } from '../config/config.ts';
import type { Auth, Mint } from '../model/model.ts';
import { encrypted } from './jwe.ts';
import type { Carried } from './pass.ts';
import { sealed } from './seal.ts';

/** A token's last day: one signed today is good, and the same on every day. */
const UNTIL = Date.UTC(2100, 0, 1) / 1000;

/** Signs people in as the app's own library would, with the secret it is run with. */
export function signInByMint(
  { carrier, mint }: { readonly carrier: Auth['carrier']; readonly mint: Mint },
  secret: string,
): (who: Somebody) => Partial<Carried> {
  return ({ row, refused }) => {
    const said = { ...claimsOf(mint, row), ...(refused === 'expired' && { exp: 1 }) };
    const key = refused === 'signature' ? `${secret}, but another` : secret;
    return carriedIn(carrier, tokenOf({ carrier, mint }, said, key));
  };
}

function tokenOf(
  { carrier, mint }: { readonly carrier: Auth['carrier']; readonly mint: Mint },
  claims: Claims,
  secret: string,
): string {
  switch (mint.kind) {
    case 'jwt':
      return signed(mint, claims, secret);
    case 'iron-session':
      return sealed(claims, secret);
    case 'authjs':
      return encrypted({ ...claims, exp: UNTIL }, { secret, cookie: carrier.name });
  }
}

function carriedIn({ from, name }: Auth['carrier'], token: string): Partial<Carried> {
  if (from === 'cookies') return { cookies: { [name]: token } };
  return { headers: { [name]: name === 'authorization' ? `Bearer ${token}` : token } };
}

type Claims = { [name: string]: unknown };

function claimsOf({ claims }: Mint, row: Somebody['row']): Claims {
  const said: Claims = {};
  for (const [path, claim] of Object.entries(claims)) {
    const value = 'column' in claim ? row[claim.column] : claim.value;
    put(said, path.split('.'), path === 'sub' ? String(value) : value);
  }
  return said;
}

function put(into: Claims, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    into[name] = value;
    return;
  }
  const inner = into[name];
  const held = typeof inner === 'object' && inner !== null ? { ...inner } : {};
  put(held, rest, value);
  into[name] = held;
}

const HASHES = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' } as const;

/** RFC 7519, signed by RFC 7518's HMACs. */
function signed({ algorithm }: Mint, claims: Claims, secret: string): string {
  const head = encoded({ alg: algorithm, typ: 'JWT' });
  const text = `${head}.${encoded({ exp: UNTIL, ...claims })}`;
  return `${text}.${createHmac(HASHES[algorithm], secret).update(text).digest('base64url')}`;
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
