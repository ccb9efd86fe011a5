import { unsealData } from 'iron-session';
import { expect, test } from 'vitest';
import { sealed } from '../../src/run/seal.ts';

const PASSWORD = 'thirty-two characters, or a few more';

test('iron-session itself opens what is sealed, and with no other password', async () => {
  const session = { taster: { id: 7, roles: ['é'] } };
  const seal = sealed(session, PASSWORD);
  expect(await unsealData(seal, { password: PASSWORD })).toEqual(session);
  expect(await unsealData(seal, { password: PASSWORD.toUpperCase() })).toEqual({});
});
