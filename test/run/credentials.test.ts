import { expect, test } from 'vitest';
import { credentialsFrom } from '../../src/run/credentials.ts';

const asked = new URL('http://127.0.0.1:3000/api/auth/login');
const cookie = { from: 'cookies', name: 'session' } as const;
const token = { from: 'headers', name: 'authorization' } as const;

function given(
  cookies: readonly string[],
  { body = {}, carrier = cookie }: { body?: unknown; carrier?: typeof cookie | typeof token } = {},
) {
  const answer = { status: 200, headers: {}, cookies, body };
  return credentialsFrom(answer, { name: 'clerk › sign in', carrier }, asked);
}

/** Of each cookie what a line says of it. */
function kept(...lines: string[]): unknown[] {
  const { storageState } = given(['session=s; Path=/', ...lines]);
  const { cookies } = storageState as { cookies: { name: string }[] };
  return cookies.filter(({ name }) => name !== 'session');
}

const plain = {
  ...{ name: 'a', value: '1', domain: '127.0.0.1', path: '/api/auth', expires: -1 },
  ...{ httpOnly: false, secure: false, sameSite: 'Lax' },
};

test.each([
  ['a=1', {}],
  ['a=1; SameSite=', {}],
  ['a=1; SameSite=no_restriction', {}],
  ['a=1; samesite=NONE; Secure; HttpOnly', { sameSite: 'None', secure: true, httpOnly: true }],
  ['a=1; Path=', {}],
  ['a=1; Path=auth', {}],
  ['a=1; Path=/admin', { path: '/admin' }],
  ['a=1; expires=1', {}],
  ['a=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT', { expires: 4_102_444_800 }],
  ['a=1; Max-Age=soon', {}],
  [`a=1; Max-Age=${'9'.repeat(400)}`, { expires: 253_402_300_799 }],
  ['a = x=y ', { value: 'x=y' }],
])('a cookie is what a browser makes of it: %s', (line, said) => {
  expect(kept(line)).toEqual([{ ...plain, ...said }]);
});

test('a cookie with Max-Age ends then, whatever Expires says', () => {
  const [held] = kept('a=1; Max-Age=3600; Expires=Thu, 01 Jan 1970 00:00:00 GMT');
  const inAnHour = Date.now() / 1000 + 3600;
  expect(Reflect.get(Object(held), 'expires')).toBeGreaterThan(inAnHour - 60);
  expect(Reflect.get(Object(held), 'expires')).toBeLessThanOrEqual(inAnHour);
});

test.each([
  ['a=deleted; Max-Age=0'],
  ['a=deleted; Max-Age=-1'],
  ['a=deleted; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
  ['a=; Path=/'],
  ['bare'],
  ['=empty'],
])('what is no cookie is none: %s', (line) => {
  expect(kept(line)).toEqual([]);
});

test('a later line takes an earlier cookie of its path away, or its place', () => {
  expect(kept('a=1', 'a=gone; Max-Age=0')).toEqual([]);
  expect(kept('a=2', 'a=1')).toEqual([plain]);
});

test('of one name on two paths both are kept, and requests carry that of the widest', () => {
  const { cookies, storageState } = given(['session=all; Path=/', 'session=few; Path=/admin']);
  expect(cookies).toEqual({ session: 'all' });
  expect(storageState).toMatchObject({ cookies: [{ value: 'few' }, { value: 'all' }] });
});

test.each([
  [[], 'sets no cookie "session".'],
  [['csrf=x'], 'sets no cookie "session" (it sets csrf).'],
  [['session=old; Max-Age=0'], 'sets no cookie "session".'],
])('an answer without the cookie that the app reads signed nobody in: %s', (lines, why) => {
  expect(() => given(lines)).toThrow(
    expect.objectContaining({ code: 'run.signInFailed', message: expect.stringContaining(why) }),
  );
});

test.each(['__Host-session=s', '__Secure-session=s', 'session.0=s'])(
  'the cookie may be prefixed or in pieces: %s',
  (line) => {
    expect(Object.keys(given([line]).cookies)).toHaveLength(1);
  },
);

test('where requests carry a token in a header, the answer has one, or a cookie', () => {
  const headers = (body: unknown) => given([], { body, carrier: token }).headers;
  expect(headers({ data: { token: 'T' } })).toEqual({ authorization: 'Bearer T' });
  expect(headers({ token: '', data: { jwt: 'J' } })).toEqual({ authorization: 'Bearer J' });
  expect(given(['any=1'], { carrier: token }).cookies).toEqual({ any: '1' });
  expect(() => headers({ ok: true })).toThrow('has neither a token for "authorization" nor a cook');
});
