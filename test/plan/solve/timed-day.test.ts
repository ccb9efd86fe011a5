import { expect, test } from 'vitest';
import {
  call,
  col,
  column,
  compare,
  eq,
  exists,
  lit,
  modelOf,
  now,
  param,
  query,
  refusal,
  route,
  table,
  uuidKey,
} from '../../setup/model-builders.ts';
import { planned } from '../../setup/planning.ts';

const leases = table('leases', [uuidKey, column('until', 'date')]);
const lease = query('lease', 'leases', [eq(col('lease.id'), param('id'))]);
/** `new Date(`${lease.until}T23:59:59Z`)` */
const end = call('concat', col('lease.until'), lit('T23:59:59Z'));

const { plan } = planned(
  modelOf(
    [leases],
    [
      route('GET', '/leases/:id', {
        reads: [lease],
        outcomes: [
          refusal(410, 'ended', [exists('lease'), compare(end, '<', now)]),
          refusal(409, 'running', [exists('lease'), compare(end, '>', now)]),
        ],
      }),
    ],
  ),
);

test.each([
  ['ended', /^-P/],
  ['running', /^P/],
])('a day with a time put behind it is an instant: %s', (ending, offset) => {
  const { lease: row } = plan(`GET /leases/:id › ${ending}`).given.rows;
  expect(row).toMatchObject({ set: { until: { now: expect.stringMatching(offset) } } });
});
