import { expect, test } from 'vitest';
import type { Term } from '../../../src/condition/condition.ts';
import {
  body,
  col,
  column,
  compare,
  eq,
  exists,
  lit,
  modelOf,
  param,
  query,
  refusal,
  route,
  table,
  uuidKey,
} from '../../setup/model-builders.ts';
import { planned } from '../../setup/planning.ts';

const tiers = table('tiers', [column('key', 'text'), column('most', 'integer')], { key: ['key'] });
const users = table('users', [uuidKey, column('tier', 'text')], { refers: { tier: 'tiers.key' } });

const user = query('user', 'users', [eq(col('user.id'), param('id'))]);
const tier = query('tier', 'tiers', [eq(col('tier.key'), col('user.tier'))]);

/** `tier?.most ?? 0` */
const most: Term = { kind: 'choice', when: [exists('tier')], yes: col('tier.most'), no: lit(0) };

const { plan } = planned(
  modelOf(
    [tiers, users],
    [
      route('POST', '/users/:id', {
        reads: [user, tier],
        outcomes: [refusal(422, 'too_much', [exists('user'), compare(body('amount'), '>', most)])],
      }),
    ],
  ),
);

test('a row that stands for a foreign key is what a look-up finds', () => {
  const { given, when } = plan('POST /users/:id › too_much');
  expect(given.rows['tier']).toMatchObject({ table: 'tiers', set: { most: 0 } });
  expect(when[0]).toMatchObject({ body: { amount: 1 } });
});

test('a key that is a foreign key as well refers to the row it stands for', () => {
  const members = table('a_members', [column('user_id', 'uuid')], {
    key: ['user_id'],
    refers: { user_id: 'users.id' },
  });
  const member = query('a_member', 'a_members', [eq(col('a_member.user_id'), col('user.id'))]);
  const { plan } = planned(
    modelOf(
      [tiers, users, members],
      [
        route('POST', '/users/:id', {
          reads: [user, member],
          outcomes: [
            refusal(409, 'member', [
              exists('user'),
              exists('a_member'),
              compare(col('user.id'), '<', lit('9')),
            ]),
          ],
        }),
      ],
    ),
  );
  const { rows } = plan('POST /users/:id › member').given;
  expect(rows['a_member']).toMatchObject({ set: { user_id: { ref: 'user.id' } } });
});
