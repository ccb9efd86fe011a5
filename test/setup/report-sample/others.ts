import {
  absent,
  col,
  compare,
  exists,
  input,
  lit,
  place,
  type RouteSketch,
  read,
} from './builder.ts';
import { anonymous, asMember, member } from './loans.ts';

const BOOKS = 'src/routes/books.ts';
const MEMBERS = 'src/routes/members.ts';
const FINES = 'src/routes/fines.ts';
const PAGE = 'src/pages/my-loans.tsx';
const GUARD = 'src/middleware/signed-in.ts';

const librarian = {
  table: 'members',
  match: { email: 'desk@library.example' },
  update: { role: 'librarian' },
};
const asLibrarian = { librarian: { row: 'librarian' } };
const isLibrarian = {
  kind: 'actor',
  at: place(GUARD, "'librarian'"),
  is: 'role',
  left: col('member.role'),
  op: '=',
  right: lit('librarian'),
} as const;
const forbidden = {
  slug: 'librarians_only',
  title: 'Only librarians get in',
  status: 403,
  at: place(GUARD, 'librarians_only'),
  when: [{ ...isLibrarian, op: '!=' as const }],
  rows: { member },
  personas: asMember,
  request: {},
  body: { error: 'librarians_only' },
  verdict: 'proven' as const,
};
const bookGone = place(BOOKS, 'book.withdrawnAt');
const withdrawn = compare(bookGone, col('book.withdrawn_at'), '!=', lit(null));
const fineFound = exists(place(FINES, 'if (!fine)'), 'fine');
const fineRow = {
  table: 'fines',
  set: { member_id: { ref: 'member.id' }, cents: 250, paid_at: null },
};
const pay = { path: '/fines/{fine.id}/pay', headers: { 'x-card': '4242 4242 4242 4242' } };
const taken = place(MEMBERS, 'email_taken');
const bad = place(MEMBERS, 'if (!member');

const bookRoutes: readonly RouteSketch[] = [
  {
    method: 'GET',
    path: '/books',
    at: place(BOOKS, "'/books'"),
    endings: [
      {
        slug: 'ok',
        title: 'The catalogue is searched',
        status: 200,
        at: place(BOOKS, 'books.search'),
        rows: { book: { table: 'books', set: { title: 'Middlemarch' } } },
        request: { query: { q: 'middle' } },
        body: { '0.title': 'Middlemarch' },
        got: { body: [{ id: 7, title: 'Middlemarch' }] },
        verdict: 'proven',
        variants: [
          {
            slug: 'nothing_found',
            title: 'Nothing fits the search',
            status: 200,
            at: place(BOOKS, 'books.search'),
            rows: {},
            absent: [{ table: 'books', where: {} }],
            body: {},
            verdict: 'proven',
          },
        ],
      },
    ],
  },
  {
    method: 'GET',
    path: '/books/:id',
    at: place(BOOKS, "'/books/:id'"),
    reads: [read(place(BOOKS, 'books.byId'), 'book', ['books', { id: input('params', 'id') }])],
    endings: [
      {
        slug: 'ok',
        title: 'A book is shown',
        status: 200,
        at: place(BOOKS, 'c.json(book)'),
        when: [exists(bookGone, 'book'), { ...withdrawn, op: '=' }],
        rows: { book: { table: 'books', set: { withdrawn_at: null } } },
        request: { path: '/books/{book.id}' },
        body: { title: { ref: 'book.title' } },
        got: { body: { title: 'Middlemarch' } },
        verdict: 'proven',
      },
      {
        slug: 'book_not_found',
        title: 'There is no such book',
        status: 404,
        at: bookGone,
        when: [absent(bookGone, 'book')],
        request: { path: '/books/999999' },
        body: { error: 'book_not_found' },
        verdict: 'proven',
        variants: [
          {
            slug: 'withdrawn',
            title: 'A withdrawn book is not shown',
            status: 404,
            at: bookGone,
            when: [withdrawn],
            rows: { book: { table: 'books', set: { withdrawn_at: { now: '-P1D' } } } },
            request: { path: '/books/{book.id}' },
            verdict: 'proven',
          },
        ],
      },
    ],
  },
  {
    method: 'DELETE',
    path: '/admin/books/:id',
    at: place(BOOKS, '/admin/books/:id'),
    reads: [read(place(BOOKS, 'loans.openOf'), 'loan', ['loans', { closed_at: lit(null) }])],
    endings: [
      {
        slug: 'withdrawn',
        title: 'A librarian withdraws a book',
        status: 204,
        at: place(BOOKS, 'c.body(null, 204)'),
        when: [isLibrarian],
        rows: { librarian, book: { table: 'books', set: {} } },
        personas: asLibrarian,
        request: { path: '/admin/books/{book.id}' },
        verdict: 'proven',
        residue: [],
      },
      {
        slug: 'has_open_loans',
        title: 'Copies are still out',
        status: 409,
        at: place(BOOKS, 'has_open_loans'),
        when: [
          isLibrarian,
          {
            kind: 'count',
            at: place(BOOKS, 'has_open_loans'),
            left: { kind: 'rows', query: 'loan' },
            op: '>',
            right: lit(0),
          },
        ],
        rows: {
          librarian,
          member,
          book: { table: 'books', set: {} },
          copy: { table: 'copies', set: { book_id: { ref: 'book.id' }, status: 'on_loan' } },
          loan: {
            table: 'loans',
            count: 2,
            set: { copy_id: { ref: 'copy.id' }, member_id: { ref: 'member.id' }, closed_at: null },
          },
        },
        personas: asLibrarian,
        request: { path: '/admin/books/{book.id}' },
        body: { error: 'has_open_loans', open: 2 },
        got: { body: { error: 'has_open_loans', open: 1 } },
        verdict: 'diverted',
        reason:
          'The status fits, but open is 1: the count ignores the second loan of the same copy.',
        divergedAt: ['DELETE /admin/books/:id › has_open_loans'],
      },
      {
        slug: 'book_not_found',
        title: 'There is no such book',
        status: 404,
        at: place(BOOKS, 'has_open_loans'),
        when: [isLibrarian, absent(place(BOOKS, 'has_open_loans'), 'book')],
        rows: { librarian },
        personas: asLibrarian,
        request: { path: '/admin/books/999999' },
        body: { error: 'book_not_found' },
        verdict: 'proven',
      },
      forbidden,
    ],
  },
  {
    method: 'GET',
    path: '/admin/overdue',
    at: place(BOOKS, '/admin/overdue'),
    endings: [
      {
        slug: 'ok',
        title: 'The overdue list',
        status: 200,
        at: place(BOOKS, 'loans.overdue'),
        when: [isLibrarian],
        rows: { librarian },
        personas: asLibrarian,
        request: {},
        body: {},
        verdict: 'proven',
      },
      forbidden,
      anonymous,
    ],
  },
];

const memberRoutes: readonly RouteSketch[] = [
  {
    method: 'POST',
    path: '/members',
    at: place(MEMBERS, "'/members'"),
    writes: [
      {
        id: 'created',
        kind: 'insert',
        table: 'members',
        set: {},
        where: [],
        at: place(MEMBERS, 'members.create'),
      },
    ],
    endings: [
      {
        slug: 'created',
        title: 'Somebody joins',
        status: 201,
        at: place(MEMBERS, 'members.create'),
        request: {
          body: {
            email: { unique: 'ada@library.example' },
            name: { fake: 'person.name' },
            address: { street: { fake: 'street' }, tags: ['home', null] },
          },
        },
        body: { status: 'active' },
        verdict: 'proven',
      },
      {
        slug: 'email_taken',
        title: 'The address is in use already',
        status: 409,
        at: taken,
        when: [
          {
            kind: 'conflict',
            at: taken,
            write: 'created',
            violates: 'unique',
            columns: ['email'],
            holds: true,
          },
        ],
        rows: { member: { table: 'members', set: { email: { unique: 'ada@library.example' } } } },
        request: { body: { email: { ref: 'member.email' } } },
        body: { error: 'email_taken' },
        verdict: 'proven',
      },
      {
        slug: 'invalid_body',
        title: 'A body that does not fit is refused',
        status: 400,
        at: place(MEMBERS, "'/members'"),
        when: [
          {
            kind: 'input',
            is: 'missing',
            from: 'body',
            path: ['email'],
            at: place(MEMBERS, "'/members'"),
          },
        ],
        request: { body: {} },
        body: { success: false },
        verdict: 'proven',
      },
    ],
  },
  {
    method: 'POST',
    path: '/sessions',
    at: place(MEMBERS, "'/sessions'"),
    endings: [
      {
        slug: 'signed_in',
        title: 'A member signs in',
        status: 302,
        location: '/my/loans',
        at: place(MEMBERS, 'signIn(c'),
        rows: { member },
        earlier: [
          {
            as: null,
            method: 'POST',
            path: '/members',
            body: { email: { ref: 'member.email' }, password: 'correct horse' },
          },
        ],
        request: { as: null, body: { email: { ref: 'member.email' }, password: 'correct horse' } },
        verdict: 'proven',
      },
      {
        slug: 'bad_credentials',
        title: 'A wrong password is refused',
        status: 401,
        at: bad,
        when: [
          {
            kind: 'opaque',
            at: bad,
            text: 'await verify(member.passwordHash, password)',
            holds: false,
            terms: [],
          },
        ],
        rows: { member },
        request: { as: null, body: { email: { ref: 'member.email' }, password: 'wrong' } },
        body: { error: 'bad_credentials' },
        verdict: 'proven',
      },
    ],
  },
  {
    method: 'GET',
    path: '/members/me',
    at: place(MEMBERS, "'/members/me'"),
    endings: [
      {
        slug: 'ok',
        title: 'A member sees their own data',
        status: 200,
        at: place(MEMBERS, "'/members/me'"),
        rows: { member },
        personas: asMember,
        request: {},
        body: { email: { ref: 'member.email' } },
        got: { body: { email: 'member@library.example' } },
        verdict: 'proven',
      },
      anonymous,
    ],
  },
];

const fineRoutes: readonly RouteSketch[] = [
  {
    method: 'POST',
    path: '/fines/:id/pay',
    at: place(FINES, '/fines/:id/pay'),
    reads: [read(place(FINES, 'fines.byId'), 'fine', ['fines', { id: input('params', 'id') }])],
    endings: [
      {
        slug: 'paid',
        title: 'A fine is paid',
        status: 200,
        at: place(FINES, 'fines.settle'),
        when: [
          fineFound,
          {
            kind: 'external',
            at: place(FINES, 'terminal.charge'),
            name: 'terminal.charge',
            holds: true,
          },
        ],
        feasibility: 'external',
        verdict: 'external',
        reason:
          'Whether terminal.charge says yes is decided at terminal.payments.example, which the config does not name.',
      },
      {
        slug: 'card_declined',
        title: 'The card is declined',
        status: 402,
        at: place(FINES, 'card_declined'),
        when: [
          fineFound,
          {
            kind: 'external',
            at: place(FINES, 'terminal.charge'),
            name: 'terminal.charge',
            holds: false,
          },
        ],
        feasibility: 'external',
        verdict: 'external',
        reason:
          'Whether terminal.charge says no is decided at terminal.payments.example, which the config does not name.',
      },
      {
        slug: 'already_paid',
        title: 'A fine is paid only once',
        status: 409,
        at: place(FINES, 'already_paid'),
        when: [
          fineFound,
          compare(place(FINES, 'already_paid'), col('fine.paid_at'), '!=', lit(null)),
        ],
        rows: { member, fine: { ...fineRow, set: { ...fineRow.set, paid_at: { now: '-P1D' } } } },
        personas: asMember,
        request: pay,
        body: { error: 'already_paid' },
        verdict: 'proven',
      },
      {
        slug: 'fine_not_found',
        title: 'There is no such fine',
        status: 404,
        at: place(FINES, 'fine_not_found'),
        when: [absent(place(FINES, 'if (!fine)'), 'fine')],
        rows: { member },
        personas: asMember,
        request: { path: '/fines/999999/pay' },
        body: { error: 'fine_not_found' },
        verdict: 'proven',
      },
    ],
  },
  {
    method: 'GET',
    path: '/reports/annual',
    at: place(FINES, '/reports/annual'),
    endings: [
      {
        slug: 'year_still_open',
        title: 'The year is not over',
        status: 409,
        at: place(FINES, 'year_still_open'),
        when: [
          {
            kind: 'opaque',
            at: place(FINES, 'calendar.closed'),
            text: "calendar.closed(c.req.query('year'))",
            holds: false,
            terms: [],
          },
        ],
        feasibility: 'opaque',
        verdict: 'unsolved',
        reason:
          "calendar.closed(c.req.query('year')) is not understood, and no model provider is configured.",
      },
      {
        slug: 'ok',
        title: 'The annual report',
        status: 200,
        at: place(FINES, 'reports.annual'),
        when: [
          {
            kind: 'opaque',
            at: place(FINES, 'calendar.closed'),
            text: "calendar.closed(c.req.query('year'))",
            holds: true,
            terms: [],
          },
        ],
        feasibility: 'opaque',
        verdict: 'unsolved',
        reason:
          "calendar.closed(c.req.query('year')) is not understood, and no model provider is configured.",
      },
    ],
  },
];

const pages: readonly RouteSketch[] = [
  {
    method: 'GET',
    path: '/my/loans',
    page: true,
    at: place(PAGE, 'MyLoans'),
    endings: [
      {
        slug: 'list',
        title: 'The page lists what is on loan',
        status: 200,
        at: place(PAGE, 'LoanTable'),
        when: [
          {
            kind: 'count',
            at: place(PAGE, 'data.length'),
            left: { kind: 'rows', query: 'loan' },
            op: '>',
            right: lit(0),
          },
          {
            kind: 'environment',
            at: place(PAGE, 'RENEWALS'),
            left: { kind: 'env', name: 'RENEWALS' },
            op: '=',
            right: lit('on'),
          },
        ],
        rows: {
          member,
          book: { table: 'books', set: { title: 'Middlemarch' } },
          copy: { table: 'copies', set: { book_id: { ref: 'book.id' } } },
          loan: {
            table: 'loans',
            set: { member_id: { ref: 'member.id' }, copy_id: { ref: 'copy.id' } },
          },
        },
        personas: asMember,
        env: { RENEWALS: 'on', HOLIDAY_MODE: null },
        request: {},
        text: { present: ['Middlemarch', 'Renew'], absent: ['You have nothing on loan.'] },
        verdict: 'proven',
      },
      {
        slug: 'empty',
        title: 'The page says that nothing is on loan',
        status: 200,
        at: place(PAGE, 'nothing on loan'),
        when: [
          {
            kind: 'count',
            at: place(PAGE, 'data.length'),
            left: { kind: 'rows', query: 'loan' },
            op: '=',
            right: lit(0),
          },
        ],
        rows: { member },
        personas: asMember,
        absent: [{ table: 'loans', where: { member_id: { ref: 'member.id' } } }],
        request: {},
        text: { present: ['You have nothing on loan.'], absent: ['Renew'] },
        verdict: 'skipped',
        reason: 'No browser: install Chromium or set CHROMIUM_PATH to prove client pages.',
      },
    ],
  },
];

export const otherRoutes: readonly RouteSketch[] = [
  ...bookRoutes,
  ...memberRoutes,
  ...fineRoutes,
  ...pages,
];
