import { createHmac } from 'node:crypto';
import type { Pass, SignIn, Somebody } from '../config/config.ts';
import type { Auth, Mint } from '../model/model.ts';

/** A token's last day: one signed today is good, and the same on every day. */
const UNTIL = Date.UTC(2100, 0, 1) / 1000;

/** Signs people in as the app's own library would, with the secret it is run with. */
export function signInByMint(
  { carrier, mint }: { readonly carrier: Auth['carrier']; readonly mint: Mint },
  secret: string,
): SignIn {
  return ({ row }) => carriedIn(carrier, signed(mint, claimsOf(mint, row), secret));
}

function carriedIn({ from, name }: Auth['carrier'], token: string): Pass {
  if (from === 'cookies') return { cookies: { [name]: token } };
  return { headers: { [name]: name === 'authorization' ? `Bearer ${token}` : token } };
}

function claimsOf({ claims }: Mint, row: Somebody['row']): Record<string, unknown> {
  const said = Object.entries(claims).map(([name, claim]) => {
    const value = 'column' in claim ? row[claim.column] : claim.value;
    return [name, name === 'sub' ? String(value) : value] as const;
  });
  return { ...Object.fromEntries(said), exp: UNTIL };
}

const HASHES = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' } as const;

/** RFC 7519, signed by RFC 7518's HMACs. */
function signed({ algorithm }: Mint, claims: unknown, secret: string): string {
  const head = encoded({ alg: algorithm, typ: 'JWT' });
  const text = `${head}.${encoded(claims)}`;
  return `${text}.${createHmac(HASHES[algorithm], secret).update(text).digest('base64url')}`;
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
