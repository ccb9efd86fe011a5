import type { Condition } from '../../src/condition/condition.ts';
import { negate } from '../../src/condition/logic.ts';
import type { Auth, Model, Query } from '../../src/model/model.ts';
import {
  absent,
  answer,
  any,
  arith,
  body,
  call,
  col,
  column,
  compare,
  count,
  counted,
  eq,
  exists,
  input,
  inputCompare,
  insert,
  join,
  lit,
  modelOf,
  now,
  nowDefault,
  param,
  query,
  refusal,
  route,
  table,
  uuidKey,
} from './model-builders.ts';

const DAY = 86_400_000;
const instant = 'timestamp with time zone';

const tables = [
  table('departments', [column('code', 'text'), column('name', 'text')], { key: ['code'] }),
  table(
    'staff',
    [
      uuidKey,
      column('email', 'text'),
      column('password_hash', 'text'),
      column('role', 'staff_role', {
        values: ['receptionist', 'physician'],
        default: { kind: 'literal', value: 'receptionist' },
      }),
      column('suspended_at', instant, { nullable: true }),
      column('created_at', instant, { default: nowDefault }),
    ],
    { unique: [['email']] },
  ),
  table(
    'sessions',
    [
      uuidKey,
      column('staff_id', 'uuid'),
      column('token_hash', 'text'),
      column('expires_at', instant),
    ],
    { unique: [['token_hash']], refers: { staff_id: 'staff' } },
  ),
  table('patients', [
    uuidKey,
    column('name', 'text'),
    column('born_on', 'date'),
    column('deleted_at', instant, { nullable: true }),
  ]),
  table(
    'slots',
    [
      uuidKey,
      column('department_code', 'text'),
      column('starts_at', instant),
      column('status', 'slot_status', {
        values: ['open', 'blocked'],
        default: { kind: 'literal', value: 'open' },
      }),
      column('capacity', 'integer', { default: { kind: 'literal', value: 1 } }),
    ],
    { refers: { department_code: 'departments.code' }, checks: ['capacity > 0'] },
  ),
  table(
    'appointments',
    [
      uuidKey,
      column('slot_id', 'uuid'),
      column('patient_id', 'uuid'),
      column('booked_by', 'uuid'),
      column('cancelled_at', instant, { nullable: true }),
      column('created_at', instant, { default: nowDefault }),
    ],
    {
      unique: [['slot_id', 'patient_id']],
      refers: { slot_id: 'slots', patient_id: 'patients', booked_by: 'staff' },
    },
  ),
];

const cookie = { kind: 'input', from: 'cookies', path: ['clinic_session'] } as const;
const auth: Auth = {
  carrier: { from: 'cookies', name: 'clinic_session' },
  session: { table: 'sessions', column: 'token_hash' },
  actor: 'staff',
  signIn: { route: 'POST /sessions', fields: { email: 'email' }, password: 'password' },
  signUp: { route: 'POST /staff', fields: { email: 'email' }, password: 'password' },
  passwordColumn: 'password_hash',
  handed: false,
};

const account = {
  type: 'object',
  properties: {
    email: { type: 'string', format: 'email' },
    password: { type: 'string', minLength: 8 },
  },
  required: ['email', 'password'],
};
const booking = {
  type: 'object',
  properties: {
    patientId: { type: 'string', format: 'uuid' },
    slotId: { type: 'string', format: 'uuid' },
  },
  required: ['patientId', 'slotId'],
};

const session: Query = query(
  'session',
  'sessions',
  [eq(col('session.token_hash'), call('sha256', cookie))],
  { joins: [join('staff', 'staff', eq(col('staff.id'), col('session.staff_id')))] },
);
const hasToken = input('present', 'cookies', 'clinic_session');
const expired = compare(col('session.expires_at'), '<', now);
const suspended = compare(col('staff.suspended_at'), '!=', lit(null));
const signedIn: Condition[] = [hasToken, exists('session'), negate(expired), negate(suspended)];
const guarded = [
  refusal(401, 'sign_in_required', [any([negate(hasToken)], [hasToken, absent('session')])]),
  refusal(401, 'session_expired', [hasToken, exists('session'), expired]),
  refusal(403, 'suspended', [hasToken, exists('session'), negate(expired), suspended]),
];

const valid = input('valid', 'body');
const password = inputCompare(
  call('passwordMatches', body('password'), col('staff.password_hash')),
  '=',
  lit(true),
);
const byEmail = (id: string) => query(id, 'staff', [eq(col(`${id}.email`), body('email'))]);

const blocked = compare(col('slot.status'), '=', lit('blocked'));
const late = compare(col('slot.starts_at'), '<', arith(now, '+', lit(DAY)));
const full = counted(count('appointment'), '>=', col('slot.capacity'));
const booked = [...signedIn, valid];

/** The clinic as the analyser should see it, written by hand. */
export const clinic: Model = modelOf(
  tables,
  [
    route('GET', '/healthz', { outcomes: [answer(200, [])] }),
    route('POST', '/staff', {
      body: account,
      reads: [byEmail('staff')],
      writes: [
        insert('created', 'staff', {
          email: body('email'),
          password_hash: { kind: 'opaque', text: 'hashPassword(password)' },
        }),
      ],
      outcomes: [
        refusal(422, 'invalid_body', [negate(valid)]),
        refusal(409, 'email_taken', [valid, exists('staff')]),
        {
          ...answer(201, [valid, absent('staff')], ['created']),
          body: [
            { path: ['id'], value: col('created.id') },
            { path: ['email'], value: body('email') },
          ],
        },
      ],
    }),
    route('POST', '/sessions', {
      body: account,
      reads: [byEmail('staff')],
      writes: [
        insert('session', 'sessions', {
          staff_id: col('staff.id'),
          token_hash: { kind: 'opaque', text: 'tokenHash(token)' },
          expires_at: arith(now, '+', lit(DAY)),
        }),
      ],
      outcomes: [
        refusal(422, 'invalid_body', [negate(valid)]),
        refusal(401, 'bad_credentials', [
          valid,
          any([absent('staff')], [exists('staff'), negate(password)]),
        ]),
        answer(201, [valid, exists('staff'), password], ['session']),
      ],
    }),
    route('GET', '/desk/patients/:id', {
      reads: [
        session,
        query('patient', 'patients', [
          eq(col('patient.id'), param('id')),
          eq(col('patient.deleted_at'), lit(null)),
        ]),
      ],
      outcomes: [
        ...guarded,
        refusal(404, 'patient_not_found', [...signedIn, absent('patient')]),
        {
          ...answer(200, [...signedIn, exists('patient')]),
          body: [{ path: ['name'], value: col('patient.name') }],
        },
      ],
    }),
    route('POST', '/desk/appointments', {
      body: booking,
      reads: [
        session,
        query('patient', 'patients', [
          eq(col('patient.id'), body('patientId')),
          eq(col('patient.deleted_at'), lit(null)),
        ]),
        query('slot', 'slots', [eq(col('slot.id'), body('slotId'))]),
        query(
          'appointment',
          'appointments',
          [
            eq(col('appointment.slot_id'), body('slotId')),
            eq(col('appointment.cancelled_at'), lit(null)),
          ],
          { many: true },
        ),
      ],
      writes: [
        insert('created', 'appointments', {
          slot_id: body('slotId'),
          patient_id: body('patientId'),
          booked_by: col('staff.id'),
        }),
      ],
      outcomes: [
        ...guarded,
        refusal(422, 'invalid_body', [...signedIn, negate(valid)]),
        refusal(404, 'patient_not_found', [...booked, absent('patient')]),
        refusal(404, 'slot_not_found', [...booked, exists('patient'), absent('slot')]),
        refusal(409, 'slot_blocked', [...booked, exists('patient'), exists('slot'), blocked]),
        refusal(422, 'too_late', [
          ...booked,
          exists('patient'),
          exists('slot'),
          negate(blocked),
          late,
        ]),
        refusal(409, 'slot_full', [
          ...booked,
          exists('patient'),
          exists('slot'),
          negate(blocked),
          negate(late),
          full,
        ]),
        answer(
          201,
          [
            ...booked,
            exists('patient'),
            exists('slot'),
            negate(blocked),
            negate(late),
            negate(full),
          ],
          ['created'],
        ),
      ],
    }),
  ],
  auth,
);
