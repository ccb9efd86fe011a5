import type { ts } from '../../../kernel/syntax.ts';
import { declareInput } from '../../trace/declared-input.ts';
import { atom } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branchValue } from '../../trace/path.ts';
import { makeResponse } from '../../trace/responses.ts';
import { placeAt } from '../../trace/source.ts';
import { called, object } from '../../trace/terms.ts';
import { settled } from '../../trace/tries.ts';
import { input, literal, typed, unknown, type Value } from '../../trace/values.ts';
import { refusal } from './answers.ts';
import { passwordOption } from './options.ts';
import { insert, type Kept, keptAs, named, rowWhere } from './tables.ts';

export const EMAIL = () =>
  called('lower', [input('body', ['email'], { type: 'string' })], typed('string'));
export const PASSWORD = () => input('body', ['password'], { type: 'string' });

/** `POST /sign-up/email`. */
export function signUp(machine: Machine, options: Value, node: ts.Node): Value {
  const users = keptAs(machine, options, { model: 'user', node });
  const accounts = keptAs(machine, options, { model: 'account', node });
  if (!users || !accounts)
    return makeResponse(node, { status: literal(200), body: unknown('body') });
  const option = (name: string) => passwordOption(machine, options, { name, node });
  declareInput(machine, 'body', {
    type: 'object',
    properties: {
      name: { type: 'string' },
      email: { type: 'string', format: 'email' },
      password: {
        type: 'string',
        minLength: Number(option('minPasswordLength') ?? 8),
        maxLength: Number(option('maxPasswordLength') ?? 128),
      },
    },
    required: ['email', 'name', 'password'],
  });
  const hides = option('requireEmailVerification') === true || option('autoSignIn') === false;
  const valid = atom({ kind: 'input', is: 'valid', at: placeAt(node), from: 'body', path: [] });
  return branchValue(machine, valid, {
    yes: () => {
      const before = rowWhere(machine, users, { field: 'email', value: EMAIL(), node });
      return branchValue(machine, machine.truth(before, node), {
        yes: () =>
          hides
            ? answer(node, { token: literal(null), user: unknown('user') })
            : refusal(node, 422, 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL'),
        // What the database refuses is told as such a failure, never as the error it is.
        no: () =>
          settled(machine, {
            promise: () => made(machine, { users, accounts, options, signsIn: !hides }, node),
            handler: () => refusal(node, 422, 'FAILED_TO_CREATE_USER'),
          }),
      });
    },
    no: () => refusal(node, 400, null),
  });
}

interface Making {
  readonly users: Kept;
  readonly accounts: Kept;
  readonly options: Value;
  readonly signsIn: boolean;
}

function made(
  machine: Machine,
  { users, accounts, options, signsIn }: Making,
  node: ts.Node,
): Value {
  const now: Value = { kind: 'term', term: { kind: 'now' }, type: typed('instant') };
  const user = insert(machine, users, {
    fields: [
      ['id', random()],
      ['name', input('body', ['name'], { type: 'string' })],
      ['email', EMAIL()],
      ['emailVerified', literal(false)],
      ['createdAt', now],
      ['updatedAt', now],
    ],
    node,
  });
  const id = machine.get(user, users.column('id') ?? 'id', node);
  insert(machine, accounts, {
    fields: [
      ['id', random()],
      ['userId', id],
      ['providerId', literal('credential')],
      ['accountId', id],
      ['password', called('passwordHash', [PASSWORD()], typed('string'))],
      ['createdAt', now],
      ['updatedAt', now],
    ],
    node,
  });
  const token = signsIn ? openSession(machine, { id, options }, node) : literal(null);
  return answer(node, { token, user: named(machine, users, user) });
}

const random = () => called('random', [], typed('string'));

/** A session of somebody's own; gives its token. */
export function openSession(
  machine: Machine,
  { id, options }: { readonly id: Value; readonly options: Value },
  node: ts.Node,
): Value {
  const sessions = keptAs(machine, options, { model: 'session', node });
  const token = random();
  const now: Value = { kind: 'term', term: { kind: 'now' }, type: typed('instant') };
  if (!sessions) return token;
  insert(machine, sessions, {
    fields: [
      ['id', random()],
      ['userId', id],
      ['token', token],
      ['expiresAt', unknown('expiresAt')],
      ['createdAt', now],
      ['updatedAt', now],
    ],
    node,
  });
  return token;
}

export function answer(
  node: ts.Node,
  said: { readonly token: Value; readonly user: Value },
): Value {
  return makeResponse(node, { status: literal(200), body: object(Object.entries(said)) });
}
