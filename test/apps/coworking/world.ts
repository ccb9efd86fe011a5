// Rows and callers of the coworking app.
import { createHmac, randomBytes, randomUUID, scryptSync } from 'node:crypto';
import { type Outcome, type Row, RunningApp } from '../app.ts';
import { Confirmations } from '../key.ts';

export const SECRET = 'signs the tokens of this suite';
export const PASSWORD = 'correct horse battery';
const salt = randomBytes(16);
const HASH = `scrypt:${salt.toString('hex')}:${scryptSync(PASSWORD, salt, 32).toString('hex')}`;

let counter = 0;
export const next = () => ++counter;
export const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);
export const day = (days: number) =>
  inHours(days * 24)
    .toISOString()
    .slice(0, 10);
/** This hour of a day, in UTC. */
export const at = (days: number, hour: number) => {
  const date = inHours(days * 24);
  date.setUTCHours(hour, 0, 0, 0);
  return date;
};
export const UNKNOWN_NUMBER = 999_999_999;

export interface Rest {
  readonly id?: unknown;
  readonly query?: string;
  readonly body?: unknown;
  readonly env?: Record<string, string>;
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

export function tokenFor(sub: unknown, secret = SECRET): string {
  const exp = Math.floor(Date.now() / 1000) + 3_600;
  const content = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({ sub, exp })}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

export class World {
  private readonly app: RunningApp;

  private constructor(app: RunningApp) {
    this.app = app;
  }

  static async open() {
    const app = await RunningApp.open({
      name: 'coworking',
      migrate: ['node', '--run', 'migrate'],
      start: ['node', '--run', 'start'],
      ready: '/api/health',
      env: { JWT_SECRET: SECRET },
    });
    return { world: new World(app), stop: () => app.stop() };
  }

  /** Makes the route's request, as a member unless `as` is null. */
  call(route: string, as: Row | null, rest: Rest = {}): Promise<Outcome> {
    return this.callWith(route, as ? `Bearer ${tokenFor(as.id)}` : null, rest);
  }

  callWith(route: string, authorization: string | null, rest: Rest): Promise<Outcome> {
    const [method = '', pattern = ''] = route.split(' ');
    const path = pattern.replace(':id', String(rest.id ?? randomUUID()));
    return this.app.call(
      {
        method,
        path: rest.query ? `${path}?${rest.query}` : path,
        headers: authorization ? { authorization } : {},
        body: rest.body,
      },
      rest.env,
    );
  }

  member(row: Row = {}): Promise<Row> {
    const email = `someone-${next()}@example.com`;
    return this.app.insert('members', {
      email,
      password_hash: HASH,
      full_name: 'Someone',
      ...(row.suspended_until && { suspension_reason: 'Noise' }),
      ...row,
    });
  }

  admin = () => this.member({ role: 'admin' });
  host = (location: Row) => this.member({ role: 'host', location_id: location.id });

  location(row: Row = {}): Promise<Row> {
    const name = `location-${next()}`;
    const hours = { opens_at_hour: 8, closes_at_hour: 20 };
    return this.app.insert('locations', { slug: name, name, ...hours, ...row });
  }

  closure(location: Row, closed_on: string): Promise<Row> {
    const row = { location_id: location.id, closed_on, reason: 'Holiday' };
    return this.app.insert('location_closures', row);
  }

  async room(row: Row = {}): Promise<Row> {
    const location_id = row.location_id ?? (await this.location()).id;
    const usual = { name: `Room ${next()}`, capacity: 6, hourly_rate_cents: 2_000 };
    return this.app.insert('rooms', { ...usual, ...row, location_id });
  }

  plan(row: Row = {}): Promise<Row> {
    const n = next();
    return this.app.insert('plans', {
      code: `plan_${n}`,
      name: `Plan ${n}`,
      rank: 100 + n,
      monthly_price_cents: 0,
      max_active_bookings: 2,
      max_booking_hours: 4,
      booking_window_days: 30,
      max_pauses: 1,
      ...row,
    });
  }

  async membership(member: Row, row: Row = {}, plan: Row = {}): Promise<Row> {
    const plan_code = row.plan_code ?? (await this.plan(plan)).code;
    const starts_on = row.starts_on ?? day(-30);
    return this.app.insert('memberships', { ...row, member_id: member.id, plan_code, starts_on });
  }

  /** Someone with a membership that may book. */
  async holder(membership: Row = {}, plan: Row = {}): Promise<Row> {
    const member = await this.member();
    await this.membership(member, membership, plan);
    return member;
  }

  async booking(member: Row, row: Row = {}): Promise<Row> {
    const room_id = row.room_id ?? (await this.room()).id;
    const period = { starts_at: inHours(48), ends_at: inHours(50) };
    const usual = { attendees: 2, price_cents: 4_000, member_id: member.id, ...period };
    return this.app.insert('bookings', { ...usual, ...row, room_id });
  }

  invoice(member: Row, row: Row = {}): Promise<Row> {
    const paid = row.status === 'paid' ? { paid_at: new Date() } : {};
    const usual = { member_id: member.id, amount_cents: 1_500, due_on: day(7) };
    return this.app.insert('invoices', { ...usual, ...paid, ...row });
  }

  payment(invoice: Row, reference: string): Promise<Row> {
    return this.app.insert('payments', { invoice_id: invoice.id, reference, amount_cents: 100 });
  }

  voucher(row: Row = {}): Promise<Row> {
    return this.app.insert('vouchers', { code: `CODE${next()}`, percent_off: 10, ...row });
  }
}

export const confirmations = new Confirmations<World>();
export const on = (route: string) => confirmations.on(route);
