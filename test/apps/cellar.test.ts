import { expect, test } from 'vitest';
import { proveFixture } from '../setup/proven-app.ts';

test('people whom iron-session keeps in a sealed cookie', async () => {
  const { verdicts, others, said } = await proveFixture('cellar');
  const external = 'external depends on what fetch https://github.example/profile?code=.ok answers';
  expect(others).toEqual([
    `GET /callback › error: ${external.replace('.ok', '')}`,
    `GET /callback › github: ${external}`,
    `GET /callback › not_invited: ${external}`,
    `GET /callback › to /: ${external}`,
  ]);
  expect(verdicts).toMatchObject({ 'POST /bottles/:id/open › gone': 'proven' });
  expect(Object.keys(verdicts).length).toBeGreaterThan(8);
  expect(said).not.toContain('a password of the fixture alone');
  expect(said).not.toContain('Fe26.2');
});
