import type { App } from '../../src/model/model.ts';
import type { Plan } from '../../src/plan/plan.ts';

/** What the line's earlier stages say of the clinic, as far as a state needs it. */
export const clinicApp: App = {
  name: 'clinic',
  root: '.',
  frameworks: ['hono'],
  orms: ['drizzle'],
  routes: [],
  pages: [],
  components: [],
  tables: [],
  auth: {
    carrier: { from: 'cookies', name: 'clinic_session' },
    session: { table: 'sessions', column: 'token_hash' },
    actor: 'staff',
    signIn: { route: 'POST /sessions', fields: { email: 'email' }, password: 'password' },
    signUp: { route: 'POST /staff', fields: { email: 'email' }, password: 'password' },
    passwordColumn: 'password_hash',
    handed: false,
  },
  variables: null,
};

/** A plan of these rows, all else left out. */
export function planOf(rows: Plan['given']['rows'], rest: Partial<Plan['given']> = {}): Plan {
  return {
    version: 1,
    id: 'POST /desk/appointments › slot_full',
    title: 'A full slot takes no more bookings',
    variantOf: null,
    given: { rows, absent: [], personas: {}, env: {}, ...rest },
    when: [{ as: null, method: 'POST', path: '/desk/appointments' }],
    // biome-ignore lint/suspicious/noThenProperty: a plan is data, never awaited
    then: { status: 409, text: { present: [], absent: [] } },
    evidence: [],
    planner: { kind: 'hand', version: '1' },
    digests: { code: '', schema: '', prompt: null },
  };
}

export const fullSlot = planOf({
  slot: { table: 'slots', set: { starts_at: { now: 'P7D' }, capacity: 1 } },
  taken: {
    table: 'appointments',
    set: { slot_id: { ref: 'slot.id' }, cancelled_at: null },
  },
});
