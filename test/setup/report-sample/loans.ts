import type { PlannedRow } from '../../../src/plan/plan.ts';
import {
  absent,
  col,
  compare,
  type EndingSketch,
  exists,
  input,
  lit,
  now,
  place,
  type RouteSketch,
  read,
} from './builder.ts';

const ROUTES = 'src/routes/loans.ts';
const SERVICE = 'src/services/loan-service.ts';
const GUARD = 'src/middleware/signed-in.ts';

const signIn = place(GUARD, 'if (!session');
const session = read(place(GUARD, 'sessions.byToken'), 'session', [
  'sessions',
  { token: { kind: 'input', from: 'cookies', path: ['library_session'] } },
]);

export const member: PlannedRow = {
  table: 'members',
  set: { status: 'active', card_expires_at: { now: 'P1D' } },
};
export const asMember = { member: { row: 'member' } };
const copy: PlannedRow = {
  table: 'copies',
  set: { book_id: { ref: 'book.id' }, barcode: { unique: 'LIB-0001' }, status: 'on_shelf' },
};
const book: PlannedRow = { table: 'books', set: {} };
const lending = { member, book, copy };
const lend = { body: { barcode: { ref: 'copy.barcode' }, days: 14 } };

export const anonymous: EndingSketch = {
  slug: 'sign_in_required',
  title: 'Without a session nothing happens',
  status: 401,
  at: signIn,
  when: [{ kind: 'actor', at: signIn, is: 'anonymous' }],
  request: { as: null },
  body: { error: 'sign_in_required' },
  verdict: 'proven',
};

const guardLine = (needle: string) => place(SERVICE, needle);
const signedIn = { kind: 'actor', at: signIn, is: 'authenticated' } as const;
const copyFound = exists(place(ROUTES, 'if (!copy)'), 'copy');
const cardValid = compare(guardLine('cardExpiresAt'), col('member.card_expires_at'), '>=', now);
const inGood = compare(guardLine('suspended'), col('member.status'), '!=', lit('suspended'));
const reached = [signedIn, copyFound, cardValid, inGood];

const fine: PlannedRow = {
  table: 'fines',
  set: { member_id: { ref: 'member.id' }, cents: 1001, paid_at: null },
};
const owed = {
  kind: 'aggregate',
  at: guardLine('owed > 1000'),
  left: { kind: 'aggregate', op: 'sum', query: 'fine', of: col('fine.cents') },
  op: '>',
  right: lit(1000),
} as const;
const fiveLoans: PlannedRow = {
  table: 'loans',
  count: 5,
  set: { member_id: { ref: 'member.id' }, copy_id: { ref: 'other.id' }, closed_at: null },
};

const lendEndings: readonly EndingSketch[] = [
  {
    slug: 'created',
    title: 'A member in good standing borrows a copy',
    status: 201,
    at: place(ROUTES, 'c.json(loan, 201)'),
    when: [...reached, { ...owed, op: '<=' }],
    rows: lending,
    personas: asMember,
    absent: [{ table: 'fines', where: { member_id: { ref: 'member.id' }, paid_at: null } }],
    request: lend,
    body: { 'copy.barcode': { ref: 'copy.barcode' }, renewals: 0 },
    got: { body: { id: 41, renewals: 0, copy: { barcode: 'LIB-0001-7f3a' } } },
    verdict: 'proven',
    variants: [
      {
        slug: 'fines_at_the_limit',
        title: 'Exactly 10.00 owed still lends',
        status: 201,
        at: place(ROUTES, 'c.json(loan, 201)'),
        when: [{ ...owed, op: '=' }],
        rows: {
          ...lending,
          fine: { table: 'fines', set: { member_id: { ref: 'member.id' }, cents: 1000 } },
        },
        verdict: 'proven',
      },
      {
        slug: 'four_open_loans',
        title: 'The fifth loan is the last',
        status: 201,
        at: place(ROUTES, 'c.json(loan, 201)'),
        verdict: 'proven',
      },
    ],
  },
  {
    slug: 'invalid_body',
    title: 'A body that does not fit is refused',
    status: 400,
    at: place(ROUTES, 'const LoanRequest'),
    when: [
      signedIn,
      {
        kind: 'input',
        is: 'invalid',
        from: 'body',
        path: ['barcode'],
        at: place(ROUTES, 'const LoanRequest'),
      },
    ],
    rows: { member },
    personas: asMember,
    request: { body: { barcode: '1' } },
    body: { success: false },
    verdict: 'proven',
  },
  anonymous,
  {
    slug: 'card_expired',
    title: 'An expired card borrows nothing',
    status: 403,
    at: guardLine('cardExpiresAt'),
    when: [signedIn, copyFound, { ...cardValid, op: '<' }],
    rows: { ...lending, member: { table: 'members', set: { card_expires_at: { now: '-P1D' } } } },
    personas: asMember,
    request: lend,
    body: { error: 'card_expired' },
    verdict: 'proven',
    variants: [
      {
        slug: 'a_minute_ago',
        title: 'A card that ran out a minute ago',
        status: 403,
        at: guardLine('cardExpiresAt'),
        rows: {
          ...lending,
          member: { table: 'members', set: { card_expires_at: { now: '-PT1M' } } },
        },
        verdict: 'proven',
      },
    ],
  },
  {
    slug: 'card_suspended',
    title: 'A suspended member borrows nothing',
    status: 403,
    at: guardLine('suspended'),
    when: [signedIn, copyFound, cardValid, { ...inGood, op: '=' }],
    rows: {
      ...lending,
      member: { table: 'members', set: { status: 'suspended', card_expires_at: { now: 'P1D' } } },
    },
    personas: asMember,
    request: lend,
    body: { error: 'card_suspended' },
    got: { status: 403, body: { error: 'card_expired' } },
    divergedAt: ['POST /loans › card_expired'],
    verdict: 'diverted',
    reason:
      'The answer is that of card_expired: a suspended member’s card is cut short by a trigger.',
  },
  {
    slug: 'fines_unpaid',
    title: 'Whoever owes more than 10.00 pays first',
    status: 402,
    at: guardLine('owed > 1000'),
    when: [...reached, owed],
    rows: { ...lending, fine },
    personas: asMember,
    request: lend,
    body: { error: 'fines_unpaid' },
    verdict: 'proven',
  },
  {
    slug: 'loan_limit',
    title: 'Five open loans are enough',
    status: 409,
    at: guardLine('open.length >= 5'),
    when: [
      ...reached,
      {
        kind: 'count',
        at: guardLine('open.length >= 5'),
        left: { kind: 'rows', query: 'loan' },
        op: '>=',
        right: lit(5),
      },
    ],
    rows: {
      ...lending,
      other: { table: 'copies', set: { book_id: { ref: 'book.id' }, status: 'on_loan' } },
      loan: fiveLoans,
    },
    personas: asMember,
    request: lend,
    body: { error: 'loan_limit' },
    verdict: 'proven',
  },
  {
    slug: 'copy_on_loan',
    title: 'A copy that is out can’t be lent again',
    status: 409,
    at: guardLine("'copy_on_loan'"),
    when: [
      ...reached,
      compare(guardLine("'copy_on_loan'"), col('copy.status'), '=', lit('on_loan')),
    ],
    rows: {
      ...lending,
      copy: { table: 'copies', set: { book_id: { ref: 'book.id' }, status: 'on_loan' } },
    },
    personas: asMember,
    request: lend,
    body: { error: 'copy_on_loan' },
    verdict: 'proven',
  },
  {
    slug: 'copy_lost',
    title: 'A lost copy is gone',
    status: 410,
    at: guardLine("'copy_lost'"),
    when: [
      ...reached,
      compare(guardLine("'copy_lost'"), col('copy.status'), '=', lit('on_loan')),
      compare(guardLine("'copy_on_loan'"), col('copy.status'), '!=', lit('on_loan')),
    ],
    feasibility: 'infeasible',
    verdict: 'infeasible',
    reason:
      'copy.status would have to be and not to be "on_loan": the line before takes every such request.',
  },
  {
    slug: 'copy_not_found',
    title: 'No copy has this barcode',
    status: 404,
    at: place(ROUTES, "'copy_not_found'"),
    when: [signedIn, absent(place(ROUTES, 'if (!copy)'), 'copy')],
    rows: { member },
    personas: asMember,
    absent: [{ table: 'copies', where: { barcode: 'LIB-0000' } }],
    request: { body: { barcode: 'LIB-0000' } },
    body: { error: 'copy_not_found' },
    verdict: 'proven',
  },
];

const openLoan = (
  extra: Record<string, string | number | null | { now: string }>,
): Record<string, PlannedRow> => ({
  member,
  book,
  copy: { table: 'copies', set: { book_id: { ref: 'book.id' }, status: 'on_loan' } },
  loan: {
    table: 'loans',
    set: { member_id: { ref: 'member.id' }, copy_id: { ref: 'copy.id' }, ...extra },
  },
});
const renewLine = (needle: string) => place(ROUTES, needle);
const loanFound = exists(renewLine('if (!loan)'), 'loan');
const renew = { path: '/loans/{loan.id}/renew' };
const owner = (op: '=' | '!=') =>
  ({
    kind: 'actor',
    at: renewLine('not_your_loan'),
    is: 'owner',
    left: col('loan.member_id'),
    op,
    right: col('member.id'),
  }) as const;

const renewEndings: readonly EndingSketch[] = [
  {
    slug: 'renewed',
    title: 'A loan is renewed',
    status: 200,
    at: renewLine('loans.renew(loan)'),
    when: [
      loanFound,
      owner('='),
      compare(renewLine('renewals >= 3'), col('loan.renewals'), '<', lit(3)),
    ],
    rows: openLoan({ renewals: 2, due_at: { now: 'P2D' } }),
    personas: asMember,
    request: renew,
    body: { renewals: 3 },
    verdict: 'proven',
  },
  {
    slug: 'loan_not_found',
    title: 'There is no such loan',
    status: 404,
    at: renewLine('if (!loan)'),
    when: [absent(renewLine('if (!loan)'), 'loan')],
    rows: { member },
    personas: asMember,
    request: { path: '/loans/999999/renew' },
    body: { error: 'loan_not_found' },
    verdict: 'proven',
    variants: [
      {
        slug: 'already_returned',
        title: 'The loan was returned yesterday',
        status: 404,
        at: renewLine('if (!loan)'),
        rows: openLoan({ closed_at: { now: '-P1D' } }),
        request: renew,
        verdict: 'unstable',
        reason: 'First 404, then 200 in a fresh process: loans.open caches by id for a minute.',
        got: { status: 200, body: { renewals: 1 } },
      },
    ],
  },
  {
    slug: 'not_your_loan',
    title: 'Somebody else’s loan is left alone',
    status: 403,
    at: renewLine('not_your_loan'),
    when: [loanFound, owner('!=')],
    rows: {
      ...openLoan({}),
      stranger: { table: 'members', set: { status: 'active', card_expires_at: { now: 'P1D' } } },
    },
    personas: { stranger: { row: 'stranger' } },
    request: renew,
    body: { error: 'not_your_loan' },
    verdict: 'proven',
  },
  {
    slug: 'renewal_limit',
    title: 'After three renewals it goes back',
    status: 409,
    at: renewLine('renewals >= 3'),
    when: [
      loanFound,
      owner('='),
      compare(renewLine('renewals >= 3'), col('loan.renewals'), '>=', lit(3)),
    ],
    rows: openLoan({ renewals: 3 }),
    personas: asMember,
    request: renew,
    body: { error: 'renewal_limit' },
    verdict: 'proven',
  },
  {
    slug: 'held_by_other',
    title: 'Another member is waiting for it',
    status: 409,
    at: renewLine('held_by_other'),
    when: [loanFound, owner('='), exists(renewLine('held_by_other'), 'hold')],
    rows: {
      ...openLoan({ renewals: 0 }),
      waiting: { table: 'members', set: {} },
      hold: {
        table: 'holds',
        set: {
          book_id: { ref: 'book.id' },
          member_id: { ref: 'waiting.id' },
          placed_at: { now: '-P3D' },
        },
      },
    },
    personas: asMember,
    request: renew,
    body: { error: 'held_by_other' },
    got: { status: 500, body: { error: 'internal' } },
    verdict: 'crashed',
    reason:
      'The process ended with code 1 during the request: TypeError: Cannot read properties of undefined (reading ‘memberId’).',
  },
];

const dueBefore = compare(renewLine('const late'), col('loan.due_at'), '<', now);

export const loanRoutes: readonly RouteSketch[] = [
  {
    method: 'POST',
    path: '/loans',
    at: place(ROUTES, ".post('/loans',"),
    reads: [
      session,
      read(place(ROUTES, 'byBarcode'), 'copy', ['copies', { barcode: input('body', 'barcode') }]),
      read(guardLine('const unpaid'), 'fine', ['fines', { member_id: col('session.member_id') }]),
      read(guardLine('this.openLoans'), 'loan', [
        'loans',
        { member_id: col('session.member_id'), closed_at: lit(null) },
      ]),
    ],
    endings: lendEndings,
  },
  {
    method: 'POST',
    path: '/loans/:id/renew',
    at: place(ROUTES, '/loans/:id/renew'),
    reads: [
      read(renewLine('loans.open'), 'loan', [
        'loans',
        { id: input('params', 'id'), closed_at: lit(null) },
      ]),
      read(renewLine('heldByOther'), 'hold', ['holds', { book_id: col('copy.book_id') }]),
    ],
    endings: renewEndings,
  },
  {
    method: 'POST',
    path: '/loans/:id/return',
    at: place(ROUTES, '/loans/:id/return'),
    endings: [
      {
        slug: 'on_time',
        title: 'A copy comes back in time',
        status: 200,
        at: renewLine('fine: late'),
        when: [loanFound, { ...dueBefore, op: '>=' }],
        rows: openLoan({ due_at: { now: 'P1D' } }),
        personas: asMember,
        request: { path: '/loans/{loan.id}/return' },
        body: { fined: false },
        verdict: 'proven',
      },
      {
        slug: 'late',
        title: 'A late copy costs a fine',
        status: 200,
        at: renewLine('fine: late'),
        when: [loanFound, dueBefore],
        rows: openLoan({ due_at: { now: '-P1D' } }),
        personas: asMember,
        request: { path: '/loans/{loan.id}/return' },
        body: { fined: true },
        verdict: 'proven',
      },
      { ...anonymous },
    ],
  },
];
