import { expect, test } from 'vitest';
import type { Term } from '../../../src/condition/condition.ts';
import type { Outcome } from '../../../src/model/model.ts';
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

type Made = { readonly set: Readonly<Record<string, unknown>> };

const solving = (...outcomes: Outcome[]) =>
  planned(
    modelOf([tiers, users], [route('POST', '/users/:id', { reads: [user, tier], outcomes })]),
  );

test('a row that stands for a foreign key is what a look-up finds', () => {
  const { plan } = solving(
    refusal(422, 'too_much', [exists('user'), compare(body('amount'), '>', most)]),
  );
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

test('what a look-up finds is asked for by what is said of it', () => {
  const { plan } = solving(refusal(409, 'other', [exists('user'), compare(most, '!=', lit(5))]));
  const { most: chosen } = (plan('POST /users/:id › other').given.rows['tier'] as Made).set;
  expect(chosen).toEqual(expect.any(Number));
  expect(chosen).not.toBe(5);
});

test('an identity that a choice speaks of is left to the database', () => {
  const known: Term = {
    kind: 'choice',
    when: [exists('tier')],
    yes: col('user.id'),
    no: lit(null),
  };
  const { plan } = solving(
    refusal(409, 'known', [exists('user'), compare(col('user.id'), '=', known)]),
  );
  expect((plan('POST /users/:id › known').given.rows['user'] as Made).set).not.toHaveProperty('id');
});
