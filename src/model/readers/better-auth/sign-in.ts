import type { ts } from '../../../kernel/syntax.ts';
import { declareInput } from '../../trace/declared-input.ts';
import { atom } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branchValue } from '../../trace/path.ts';
import { makeResponse } from '../../trace/responses.ts';
import { placeAt } from '../../trace/source.ts';
import { called } from '../../trace/terms.ts';
import { literal, term, typed, unknown, type Value } from '../../trace/values.ts';
import { refusal } from './answers.ts';
import { passwordOption } from './options.ts';
import { answer, EMAIL, openSession, PASSWORD } from './sign-up.ts';
import { type Kept, keptAs, named, rowWhere } from './tables.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    email: { type: 'string', format: 'email' },
    password: { type: 'string', maxLength: 128 },
  },
  required: ['email', 'password'],
};

/** `POST /sign-in/email`. */
export function signIn(machine: Machine, options: Value, node: ts.Node): Value {
  const users = keptAs(machine, options, { model: 'user', node });
  if (!users) return makeResponse(node, { status: literal(200), body: unknown('body') });
  declareInput(machine, 'body', SCHEMA);
  const valid = atom({ kind: 'input', is: 'valid', at: placeAt(node), from: 'body', path: [] });
  return branchValue(machine, valid, {
    yes: () => known(machine, { users, options }, node),
    no: () => refusal(node, 400, null),
  });
}

interface Checking {
  readonly users: Kept;
  readonly options: Value;
}

function known(machine: Machine, { users, options }: Checking, node: ts.Node): Value {
  const user = rowWhere(machine, users, { field: 'email', value: EMAIL(), node });
  const nobody = () => refusal(node, 401, 'INVALID_EMAIL_OR_PASSWORD');
  return branchValue(machine, machine.truth(user, node), {
    yes: () => {
      const id = machine.get(user, users.column('id') ?? 'id', node);
      const right = called('passwordMatches', [PASSWORD(), storedOf(user)], typed('boolean'));
      return branchValue(machine, machine.truth(right, node), {
        yes: () => verified(machine, { users, options, user, id }, node),
        no: nobody,
      });
    },
    no: nobody,
  });
}

/** The hash stands in the user's account: whoever signed up has one, and the user's row stands for both. */
function storedOf(user: Value): Value {
  return user.kind === 'row'
    ? term({ kind: 'column', row: user.id, column: 'password' }, typed('string'))
    : unknown('account.password');
}

interface Known {
  readonly users: Kept;
  readonly options: Value;
  readonly user: Value;
  readonly id: Value;
}

function verified(machine: Machine, { users, options, user, id }: Known, node: ts.Node): Value {
  const enter = () => {
    const token = openSession(machine, { id, options }, node);
    return answer(node, { token, user: named(machine, users, user) });
  };
  const name = 'requireEmailVerification';
  if (passwordOption(machine, options, { name, node }) !== true) return enter();
  const column = users.column('emailVerified') ?? 'email_verified';
  return branchValue(machine, machine.truth(machine.get(user, column, node), node), {
    yes: enter,
    no: () => refusal(node, 403, 'EMAIL_NOT_VERIFIED'),
  });
}
