import { expect, test } from 'vitest';
import { encrypted } from '../../src/run/jwe.ts';

// Its types bring those of a browser along, which are not those of Node.
const AUTHJS: string = '@auth/core/jwt';
const { decode }: { decode: (asked: Readonly<Record<string, string>>) => Promise<unknown> } =
  await import(AUTHJS);

test('Auth.js itself reads the claims of a cookie, and of no other name or secret', async () => {
  const cookie = 'authjs.session-token';
  const claims = { sub: '7', email: 'é@example.com', exp: Date.UTC(2100, 0, 1) / 1000 };
  const token = encrypted(claims, { secret: 'a secret', cookie });
  expect(await decode({ token, secret: 'a secret', salt: cookie })).toEqual(claims);
  await expect(decode({ token, secret: 'another', salt: cookie })).rejects.toThrow();
  await expect(decode({ token, secret: 'a secret', salt: 'other' })).rejects.toThrow();
});
