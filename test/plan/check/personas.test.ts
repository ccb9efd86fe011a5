import { expect, test } from 'vitest';
import type { Auth } from '../../../src/model/model.ts';
import { checkPlan } from '../../../src/plan/check.ts';
import type { PlannedRow } from '../../../src/plan/plan.ts';
import { clinic } from '../../setup/clinic-model.ts';
import { planned } from '../../setup/planning.ts';

const good = planned(clinic).plan('POST /desk/appointments › slot_full');

/** What is wrong with the plan where its `staff` signs in as this row, in an app with this sign-up. */
function found(staff: PlannedRow, auth: Partial<Auth> = {}): string[] {
  const rows = { ...good.given.rows, staff };
  const apps = clinic.apps.map((app) => ({ ...app, auth: app.auth && { ...app.auth, ...auth } }));
  const plan = { ...good, given: { ...good.given, rows } };
  return checkPlan(plan, { ...clinic, apps })
    .filter(({ severity }) => severity === 'error')
    .map(({ code, at }) => `${code} ${at.path}`);
}

const made: PlannedRow = { table: 'staff', set: { email: 'desk@clinic.test' } };
const bound: PlannedRow = { table: 'staff', match: { email: 'desk@clinic.test' } };

test('takes a persona that signs up with what the route takes', () => {
  expect(found(made)).toEqual([]);
  expect(found({ table: 'staff', set: { email: { unique: 'desk@clinic.test' } } })).toEqual([]);
});

test('refuses a persona where nobody can sign up', () => {
  expect(found(made, { signUp: null })).toEqual(['plan.personaWithoutSignUp given.personas.staff']);
});

test('refuses a persona that signing up would not make', () => {
  expect(found(bound)).toEqual(['plan.personaNotMade given.personas.staff']);
  expect(found({ table: 'staff', set: {}, count: 2 })).toContain(
    'plan.personaNotMade given.personas.staff',
  );
});

test('refuses a persona of values that the sign-up refuses', () => {
  expect(found({ table: 'staff', set: { email: 'desk' } })).toEqual([
    'plan.signUpMismatch given.rows.staff.set.email',
  ]);
});

test('leaves those alone whom the config signs in', () => {
  expect(found(bound, { handed: true, signUp: null })).toEqual([]);
});
