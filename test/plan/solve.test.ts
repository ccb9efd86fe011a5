import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/kernel/digest.ts';
import { checkPlan } from '../../src/plan/check.ts';
import { clinic } from '../setup/clinic-model.ts';
import { planned, shuffled } from '../setup/planning.ts';
import { shop } from '../setup/shop-model.ts';

const { plan, unsolved, plans } = planned(clinic);

describe('solvePlans on the clinic', () => {
  it('solves every ending', () => {
    expect(unsolved).toEqual([]);
    expect(plans.filter((item) => item.variantOf === null)).toHaveLength(25);
  });

  it('fills a slot with one appointment and books it again', () => {
    const { given, when, then } = plan('POST /desk/appointments › slot_full');
    expect(given.rows).toEqual({
      appointment: {
        table: 'appointments',
        set: {
          slot_id: { ref: 'slot.id' },
          patient_id: { ref: 'patient.id' },
          booked_by: { ref: 'staff.id' },
        },
      },
      department: { table: 'departments', set: {} },
      patient: { table: 'patients', set: {} },
      slot: {
        table: 'slots',
        set: { starts_at: { now: 'P1DT1H' }, department_code: { ref: 'department.code' } },
      },
      staff: { table: 'staff', set: {} },
    });
    expect(when).toEqual([
      {
        as: 'staff',
        method: 'POST',
        path: '/desk/appointments',
        body: { patientId: { ref: 'patient.id' }, slotId: { ref: 'slot.id' } },
      },
    ]);
    expect(then).toEqual({
      status: 409,
      body: { error: 'slot_full' },
      text: { present: [], absent: [] },
    });
  });

  it('changes the session that signing in made, to have it expired', () => {
    const { given } = plan('GET /desk/patients/:id › session_expired');
    expect(given.rows['session']).toEqual({
      table: 'sessions',
      match: { staff_id: { ref: 'staff.id' } },
      update: { expires_at: { now: '-P1D' } },
    });
    expect(given.personas).toEqual({ staff: { row: 'staff' } });
  });

  it('sends nobody, or a token nobody was given', () => {
    const missing = plan(
      'GET /desk/patients/:id › sign_in_required (cookies.clinic_session missing)',
    );
    const strange = plan('GET /desk/patients/:id › sign_in_required (no session)');
    expect(missing.when[0]).not.toHaveProperty('cookies');
    expect(strange.when[0]).toMatchObject({
      as: null,
      cookies: { clinic_session: 'unknown-token' },
    });
  });

  it('breaks exactly one field of an invalid body', () => {
    expect(plan('POST /desk/appointments › invalid_body').when[0]?.body).toEqual({
      slotId: '00000000-0000-4000-8000-000000000001',
    });
  });

  it('signs in with the password the row signed up with, or with another', () => {
    const right = plan('POST /sessions › 201').when[0]?.body;
    const wrong = plan('POST /sessions › bad_credentials (staff exists)').when[0]?.body;
    expect(right).toEqual({ email: { ref: 'staff.email' }, password: { ref: 'staff.password' } });
    expect(wrong).toEqual({ email: { ref: 'staff.email' }, password: 'Sample password' });
  });

  it('makes the row that is nearly found', () => {
    const near = plan(
      'GET /desk/patients/:id › patient_not_found › near: patient.deleted_at is not null',
    );
    expect(near.given.rows['patient']).toEqual({
      table: 'patients',
      set: { deleted_at: { now: '-P1D' } },
    });
    expect(near.when[0]?.path).toBe('/desk/patients/{patient.id}');
  });
});

describe('solvePlans', () => {
  for (const [name, model] of Object.entries({ clinic, shop })) {
    it(`gives the same bytes for the ${name}, whatever order its model comes in`, () => {
      const expected = planned(model).plans.map((item) => canonicalJson(item));
      fc.assert(
        fc.property(fc.infiniteStream(fc.nat(1_000_000)), (numbers) => {
          const pick = (length: number) => (numbers.next().value ?? 0) % length;
          const found = planned(shuffled(model, pick)).plans.map((item) => canonicalJson(item));
          expect(found.filter((item) => !expected.includes(item))).toEqual([]);
          expect(found).toHaveLength(expected.length);
        }),
        { numRuns: 6 },
      );
    });

    it(`gives the ${name} only plans that pass their checks`, () => {
      const found = planned(model).plans.flatMap((item) => checkPlan(item, model));
      expect(found).toEqual([]);
    });
  }
});
