import { expect, test } from 'vitest';
import { proveFixture } from '../setup/proven-app.ts';

test('people whom an identity provider signs in are proven with tokens made as it would', async () => {
  const { verdicts, others, said } = await proveFixture('moorings');
  expect(others).toEqual([]);
  expect(Object.keys(verdicts).length).toBeGreaterThan(16);
  expect(verdicts).toMatchObject({
    'GET /moorings/:id › 200': 'proven',
    'GET /moorings/:id › suspended': 'proven',
    'GET /moorings/:id › not_yours': 'proven',
    'DELETE /moorings/:id/boat › harbourmasters_only': 'proven',
    'DELETE /moorings/:id/boat › 204': 'proven',
    'GET /moorings/:id › no_member': 'proven',
    'DELETE /moorings/:id/boat › no_member': 'proven',
  });
  expect(said).not.toContain('a secret of the fixture alone');
  expect(said).not.toMatch(/Bearer ey/);
});
