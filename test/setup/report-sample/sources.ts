/** A lending library's code, as far as the sample report points at it. */
export const sources: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'src/routes/loans.ts': `import { Hono } from 'hono';
import { z } from 'zod';
import { zValidator } from '@hono/zod-validator';
import { signedIn } from '../middleware/signed-in';
import { copies, loans } from '../db/repositories';
import { LoanService } from '../services/loan-service';

const LoanRequest = z.object({ barcode: z.string().min(6), days: z.number().int().max(42).optional() });

export const loanRoutes = new Hono()
  .use(signedIn)
  .post('/loans', zValidator('json', LoanRequest), async (c) => {
    const member = c.get('member');
    const { barcode, days } = c.req.valid('json');
    const copy = await copies.byBarcode(barcode);
    if (!copy) return c.json({ error: 'copy_not_found' }, 404);
    const loan = await new LoanService(member).lend(copy, days);
    return c.json(loan, 201);
  })
  .post('/loans/:id/renew', async (c) => {
    const loan = await loans.open(c.req.param('id'));
    if (!loan) return c.json({ error: 'loan_not_found' }, 404);
    if (loan.memberId !== c.get('member').id) return c.json({ error: 'not_your_loan' }, 403);
    if (loan.renewals >= 3) return c.json({ error: 'renewal_limit' }, 409);
    if (await loans.heldByOther(loan)) return c.json({ error: 'held_by_other' }, 409);
    return c.json(await loans.renew(loan));
  })
  .post('/loans/:id/return', async (c) => {
    const loan = await loans.open(c.req.param('id'));
    if (!loan) return c.json({ error: 'loan_not_found' }, 404);
    const late = loan.dueAt.getTime() < Date.now();
    return c.json(await loans.close(loan, { fine: late }), 200);
  });
`,
    'src/services/loan-service.ts': `import { eq } from 'drizzle-orm';
import { db } from '../db/client';
import { Refused } from '../errors';

export class LoanService {
  constructor(private readonly member: Member) {}

  async lend(copy: Copy, days = 21) {
    if (this.member.cardExpiresAt < new Date()) throw new Refused('card_expired', 403);
    if (this.member.status === 'suspended') throw new Refused('card_suspended', 403);

    const unpaid = await db.query.fines.findMany({ where: eq(fines.memberId, this.member.id) });
    const owed = unpaid.filter((fine) => !fine.paidAt).reduce((sum, fine) => sum + fine.cents, 0);
    if (owed > 1000) throw new Refused('fines_unpaid', 402);

    const open = await this.openLoans();
    if (open.length >= 5) throw new Refused('loan_limit', 409);
    if (copy.status === 'on_loan') throw new Refused('copy_on_loan', 409);
    if (copy.status === 'on_loan' && !copy.currentLoanId) throw new Refused('copy_lost', 410);
    return this.create(copy, days);
  }
}
`,
    'src/middleware/signed-in.ts': `export const signedIn = createMiddleware(async (c, next) => {
  const token = getCookie(c, 'library_session');
  const session = token && (await sessions.byToken(token));
  if (!session || session.expiresAt < new Date()) return c.json({ error: 'sign_in_required' }, 401);
  c.set('member', session.member);
  await next();
});

export const librarian = createMiddleware(async (c, next) => {
  if (c.get('member').role !== 'librarian') return c.json({ error: 'librarians_only' }, 403);
  await next();
});
`,
    'src/routes/books.ts': `export const bookRoutes = new Hono()
  .get('/books', async (c) => c.json(await books.search(c.req.query('q'))))
  .get('/books/:id', async (c) => {
    const book = await books.byId(c.req.param('id'));
    if (!book || book.withdrawnAt) return c.json({ error: 'book_not_found' }, 404);
    return c.json(book);
  })
  .delete('/admin/books/:id', librarian, async (c) => {
    const book = await books.byId(c.req.param('id'));
    if (!book) return c.json({ error: 'book_not_found' }, 404);
    const open = await loans.openOf(book);
    if (open.length > 0) return c.json({ error: 'has_open_loans', open: open.length }, 409);
    await books.withdraw(book);
    return c.body(null, 204);
  })
  .get('/admin/overdue', librarian, async (c) => c.json(await loans.overdue()));
`,
    'src/routes/members.ts': `export const memberRoutes = new Hono()
  .post('/members', zValidator('json', NewMember), async (c) => {
    try {
      return c.json(await members.create(c.req.valid('json')), 201);
    } catch (error) {
      if (isUniqueViolation(error)) return c.json({ error: 'email_taken' }, 409);
      throw error;
    }
  })
  .post('/sessions', zValidator('json', Credentials), async (c) => {
    const { email, password } = c.req.valid('json');
    const member = await members.byEmail(email.toLowerCase());
    if (!member || !(await verify(member.passwordHash, password))) {
      return c.json({ error: 'bad_credentials' }, 401);
    }
    return signIn(c, member);
  })
  .get('/members/me', signedIn, (c) => c.json(c.get('member')));
`,
    'src/routes/fines.ts': `export const fineRoutes = new Hono()
  .post('/fines/:id/pay', signedIn, async (c) => {
    const fine = await fines.byId(c.req.param('id'));
    if (!fine) return c.json({ error: 'fine_not_found' }, 404);
    if (fine.paidAt) return c.json({ error: 'already_paid' }, 409);
    const charge = await terminal.charge(fine.cents, c.req.header('x-card'));
    if (!charge.ok) return c.json({ error: 'card_declined' }, 402);
    return c.json(await fines.settle(fine));
  })
  .get('/reports/annual', librarian, async (c) => {
    if (!calendar.closed(c.req.query('year'))) return c.json({ error: 'year_still_open' }, 409);
    return c.json(await reports.annual(c.req.query('year')));
  });
`,
    'src/pages/my-loans.tsx': `export function MyLoans() {
  const { data } = useQuery(['loans'], () => api.get('/loans/mine'));
  if (data.length === 0) return <p>You have nothing on loan.</p>;
  return <LoanTable loans={data} renewals={flags.RENEWALS === 'on'} />;
}
`,
  }),
);
