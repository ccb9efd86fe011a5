import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPlan } from '../../src/plan/check.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { clinic } from '../setup/clinic-model.ts';
import { planned } from '../setup/planning.ts';

const good = planned(clinic).plan('POST /desk/appointments › slot_full');
type Given = Plan['given'];

function edited(change: {
  rows?: Given['rows'];
  given?: Partial<Given>;
  when?: object;
  plan?: object;
}): Plan {
  const [request] = good.when;
  return {
    ...good,
    given: { ...good.given, ...change.given, rows: { ...good.given.rows, ...change.rows } },
    when: [{ ...request!, ...change.when }],
    ...change.plan,
  };
}

function slot(set: Record<string, unknown>): Given['rows'] {
  return { slot: { table: 'slots', set } } as Given['rows'];
}

const cases: Record<string, [Plan, string, string]> = {
  'an unknown table': [
    edited({ rows: { room: { table: 'rooms', set: {} } } }),
    'plan.unknownTable',
    'given.rows.room',
  ],
  'an unknown column': [
    edited({ rows: slot({ colour: 'red' }) }),
    'plan.unknownColumn',
    'given.rows.slot.set.colour',
  ],
  'text in a number': [
    edited({ rows: slot({ capacity: 'many' }) }),
    'plan.wrongType',
    'given.rows.slot.set.capacity',
  ],
  'an instant in an enum': [
    edited({ rows: slot({ status: { now: 'P1D' } }) }),
    'plan.wrongType',
    'given.rows.slot.set.status',
  ],
  'a label the enum lacks': [
    edited({ rows: slot({ status: 'shut' }) }),
    'plan.unknownEnumValue',
    'given.rows.slot.set.status',
  ],
  'null where there must be a value': [
    edited({ rows: slot({ capacity: null }) }),
    'plan.nullNotAllowed',
    'given.rows.slot.set.capacity',
  ],
  'a broken CHECK': [edited({ rows: slot({ capacity: 0 }) }), 'plan.checkFails', 'given.rows.slot'],
  'a dangling reference': [
    edited({ rows: { patient: { table: 'patients', set: { name: { ref: 'nobody.name' } } } } }),
    'plan.danglingRef',
    'given.rows.patient.set.name',
  ],
  'a dangling reference in the path': [
    edited({ when: { path: '/desk/patients/{nobody.id}', method: 'GET' } }),
    'plan.danglingRef',
    'when.0.path',
  ],
  'references that go in a circle': [
    edited({
      rows: {
        a: { table: 'patients', set: { name: { ref: 'b.name' } } },
        b: { table: 'patients', set: { name: { ref: 'a.name' } } },
      },
    }),
    'plan.cyclicRef',
    'given.rows.a.name',
  ],
  'a parent that is nowhere': [
    edited({
      rows: {
        appointment: {
          table: 'appointments',
          set: { booked_by: '00000000-0000-4000-8000-000000000009' },
        },
      },
    }),
    'plan.missingParent',
    'given.rows.appointment.set.booked_by',
  ],
  'two rows with one key': [
    edited({
      rows: {
        one: { table: 'staff', set: { email: 'a@example.test' } },
        two: { table: 'staff', set: { email: 'a@example.test' } },
      },
    }),
    'plan.duplicateKey',
    'given.rows.two',
  ],
  'a persona that is no user': [
    edited({ given: { personas: { staff: { row: 'slot' } } } }),
    'plan.personaIsNoActor',
    'given.personas.staff',
  ],
  'a request as somebody unknown': [
    edited({ when: { as: 'ghost' } }),
    'plan.unknownPersona',
    'when.0.as',
  ],
  'an absolute URL': [
    edited({ when: { path: 'https://example.test/desk' } }),
    'plan.absoluteUrl',
    'when.0.path',
  ],
  'a URL without a scheme': [
    edited({ when: { path: '//example.test/' } }),
    'plan.absoluteUrl',
    'when.0.path',
  ],
  'a path the app lacks': [
    edited({ when: { path: '/desk/rooms' } }),
    'plan.unknownPath',
    'when.0.path',
  ],
  'a body that does not fit': [
    edited({ when: { body: { patientId: 'me', slotId: { ref: 'slot.id' } } } }),
    'plan.inputMismatch',
    'when.0.body.patientId',
  ],
  'a row that is said to be absent': [
    edited({ given: { absent: [{ table: 'slots', where: {} }] } }),
    'plan.plannedAndAbsent',
    'given.absent.0',
  ],
  'evidence nobody has seen': [
    edited({ plan: { evidence: [{ file: 'src/app.ts', symbol: 'handler', hash: 'made-up' }] } }),
    'plan.unknownEvidence',
    'evidence.0',
  ],
  'a plan that is none': [edited({ plan: { when: 'later' } }), 'plan.malformed', 'when'],
};

describe('checkPlan', () => {
  it('finds nothing wrong with a solved plan', () => {
    expect(checkPlan(good, clinic)).toEqual([]);
  });

  for (const [name, [plan, code, path]] of Object.entries(cases)) {
    it(`refuses ${name}`, () => {
      const found = checkPlan(plan, clinic).map((item) => `${item.code} ${item.at.path}`);
      expect(found).toContain(`${code} ${path}`);
    });
  }

  it('answers nonsense with findings, never with an exception', () => {
    const names = fc.constantFrom('slot', 'staff', 'toString', '__proto__', '', 'a.b');
    const value = fc.oneof(
      fc.jsonValue(),
      fc.record({ ref: fc.string() }),
      fc.record({ ref: names.map((name) => `${name}.id`) }),
      fc.record({ now: fc.string() }),
    );
    const row = fc.record({
      table: fc.constantFrom('slots', 'staff', 'rooms', 'constructor'),
      set: fc.dictionary(fc.constantFrom('id', 'email', 'capacity', 'constructor'), value),
    });
    fc.assert(
      fc.property(fc.dictionary(names, row), fc.string(), fc.jsonValue(), (rows, path, body) => {
        const plan = {
          ...good,
          given: { ...good.given, rows },
          when: [{ ...good.when[0], path, body }],
        };
        expect(Array.isArray(checkPlan(plan as Plan, clinic))).toBe(true);
      }),
    );
  });
});
