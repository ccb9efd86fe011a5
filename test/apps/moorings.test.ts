import { expect, test } from 'vitest';
import { proveFixture } from '../setup/proven-app.ts';

test('people whom an identity provider signs in are proven with tokens made as it would', async () => {
  const { verdicts, others, said } = await proveFixture('moorings');
  const stranger = 'unsolved needs a token signed for somebody who is not there';
  expect(others).toEqual([
    `DELETE /moorings/:id/boat › no_member: ${stranger}`,
    `GET /moorings/:id › no_member: ${stranger}`,
  ]);
  expect(Object.keys(verdicts).length).toBeGreaterThan(16);
  expect(verdicts).toMatchObject({
    'GET /moorings/:id › 200': 'proven',
    'GET /moorings/:id › suspended': 'proven',
    'GET /moorings/:id › not_yours': 'proven',
    'DELETE /moorings/:id/boat › harbourmasters_only': 'proven',
    'DELETE /moorings/:id/boat › 204': 'proven',
  });
  expect(said).not.toContain('a secret of the fixture alone');
  expect(said).not.toMatch(/Bearer ey/);
});
