import { expect, test } from 'vitest';
import { proveFixture } from '../setup/proven-app.ts';

test('people whom Passport signs in by the app’s own routes, its sessions in PostgreSQL', async () => {
  const { verdicts, others } = await proveFixture('regatta');
  const stranger = 'unsolved needs a token signed for somebody who is not there';
  expect(others).toEqual([
    // Its look-up is awaited by nobody: what the database refuses ends the process.
    expect.stringMatching(/^POST \/sessions › database_error: crashed .*exit code 1/),
    `DELETE /entries/:id › sign_in_first (no skipper): ${stranger}`,
    `POST /entries › sign_in_first (no skipper): ${stranger}`,
  ]);
  expect(Object.keys(verdicts).length).toBeGreaterThan(18);
});
