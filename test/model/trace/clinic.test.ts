import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { outcomes, trace } from '../../setup/trace.ts';

const folder = new URL('../../../fixtures/apps/clinic/src/', import.meta.url);
const sources = Object.fromEntries(
  readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]),
);

test('follows middleware, a validator, a transaction and thrown errors to their answers', () => {
  const signedIn =
    'authenticated & session.expires_at >= now & staff.suspended_at = null & valid body';
  const free = `${signedIn} & exists patient & exists slot & slot.status != "blocked"`;
  expect(outcomes(trace(sources, 'POST /desk/appointments'))).toEqual([
    'sign_in_required~anonymous 401: anonymous',
    'sign_in_required~no-session 401: present cookies.clinic_session & absent session',
    'session_expired 401: authenticated & session.expires_at < now',
    'suspended 403: authenticated & session.expires_at >= now & staff.suspended_at != null',
    'internal~malformed-body 500: authenticated & session.expires_at >= now & staff.suspended_at = null & malformed body',
    'invalid_body 422: authenticated & session.expires_at >= now & staff.suspended_at = null & invalid body',
    `patient_not_found 404: ${signedIn} & absent patient`,
    `slot_not_found 404: ${signedIn} & exists patient & absent slot`,
    `slot_blocked 409: ${signedIn} & exists patient & exists slot & slot.status = "blocked"`,
    `too_late 422: ${free} & slot.starts_at < (now + 86400000)`,
    `slot_full 409: ${free} & slot.starts_at >= (now + 86400000) & count(appointment) >= slot.capacity`,
    `201 201: ${free} & slot.starts_at >= (now + 86400000) & count(appointment) < slot.capacity & not conflict appointment#2(slot_id, patient_id)`,
  ]);
});

test('knows a password check and a digest of what the request carries', () => {
  const traced = trace(sources, 'POST /sessions');
  expect(outcomes(traced)).toContain(
    'bad_credentials 401: valid body & (absent staff | passwordMatches(body.password, staff.password_hash) = false)',
  );
  expect(traced.writes.map((write) => Object.keys(write.set))).toEqual([
    ['staff_id', 'token_hash', 'expires_at'],
  ]);
});

test('says who the request comes from', () => {
  expect(trace(sources, 'GET /desk/patients/:id').actor).toEqual({
    carrier: { from: 'cookies', name: 'clinic_session' },
    session: { query: 'session', table: 'sessions', column: 'token_hash' },
    row: 'staff',
    table: 'staff',
    claim: null,
  });
});
