import { expect, test } from 'vitest';
import { proveFixture } from '../setup/proven-app.ts';

test('people who sign up and in by better-auth’s own routes', async () => {
  const { verdicts, others, said } = await proveFixture('choir');
  const elsewhere = 'external depends on what better-auth answers';
  expect(others).toEqual([
    `GET /api/auth/*path › 200: ${elsewhere}`,
    `POST /api/auth/*path › 200: ${elsewhere}`,
    // An id that better-auth draws can't be one that is there: told, not solved.
    'POST /api/auth/sign-up/email › FAILED_TO_CREATE_USER: unsolved needs `account.id`, which is drawn at random, twice',
    'POST /api/auth/sign-up/email › FAILED_TO_CREATE_USER (user#2 conflicts): unsolved needs `user#2.id`, which is drawn at random, twice',
  ]);
  expect(Object.keys(verdicts).length).toBeGreaterThan(15);
  expect(said).not.toContain('a secret of the fixture alone');
});
