// Rows, visitors and requests of the supper club.
import { createHash, randomBytes, scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Outcome, type Row, RunningApp } from '../app.ts';
import { Confirmations } from '../key.ts';

export const PASSWORD = 'correct horse battery';
const salt = randomBytes(16);
const HASH = `${salt.toString('base64url')}.${scryptSync(PASSWORD, salt, 32).toString('base64url')}`;

let counter = 0;
export const next = () => ++counter;
export const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);
export const day = (days: number) =>
  inHours(days * 24)
    .toISOString()
    .slice(0, 10);
export const UNKNOWN_NUMBER = 999_999_999;

/** Each has a database of its own: without dinners, or with every flag the other way. */
const PLACES = ['usual', 'empty', 'contrary'] as const;
type Place = (typeof PLACES)[number];

export interface Rest {
  /** What stands for `:slug` or `:id`. */
  readonly key?: unknown;
  readonly query?: string;
  readonly body?: unknown;
  /** The arguments of an action. */
  readonly args?: readonly unknown[];
  /** The form that is an action's last argument. */
  readonly form?: Readonly<Record<string, string>>;
}

const MANIFEST = '../../../fixtures/apps/supperclub/.next/server/server-reference-manifest.json';

/** The id under which the build has an exported action. */
function actionId(name: string): string {
  const { node } = JSON.parse(readFileSync(new URL(MANIFEST, import.meta.url), 'utf8'));
  const [id] = Object.keys(node).filter((key) => node[key].exportedName === name);
  if (!id) throw new Error(`the build has no action ${name}`);
  return id;
}

/** The arguments as React sends them. */
function reply({ args = [], form }: Rest): string | FormData {
  if (!form) return JSON.stringify(args);
  const sent = new FormData();
  for (const [name, value] of Object.entries(form)) sent.set(`_1_${name}`, value);
  sent.set('0', JSON.stringify([...args, '$K1']));
  return sent;
}

export class World {
  private readonly apps: Readonly<Record<Place, RunningApp>>;
  private readonly place: Place;

  private constructor(apps: Readonly<Record<Place, RunningApp>>, place: Place) {
    this.apps = apps;
    this.place = place;
  }

  static async open() {
    const migrate = ['node', '--run', 'migrate'] as const;
    const setup = {
      name: 'supperclub',
      start: ['node', '--run', 'start'] as const,
      ready: '/api/health',
      env: { NEXT_TELEMETRY_DISABLED: '1' },
    };
    const usual = await RunningApp.open({ ...setup, migrate: ['node', '--run', 'release'] });
    const [empty, contrary] = await Promise.all([
      RunningApp.open({ ...setup, migrate }),
      RunningApp.open({ ...setup, migrate }),
    ]);
    await contrary.query('UPDATE feature_flags SET enabled = NOT enabled');
    const apps = { usual, empty, contrary };
    const stop = () => Promise.all(PLACES.map((place) => apps[place].stop()));
    return { world: new World(apps, 'usual'), stop: async () => void (await stop()) };
  }

  in(place: Place): World {
    return new World(this.apps, place);
  }

  private get app() {
    return this.apps[this.place];
  }

  /** Makes the route's request; `as` is a visitor with a session, or nobody. */
  async call(route: string, as: Row | null, rest: Rest = {}): Promise<Outcome> {
    const [kind = '', pattern = '', action] = route.split(' ');
    const path = pattern.replace(/:\w+/, String(rest.key ?? UNKNOWN_NUMBER));
    const headers: Record<string, string> = as ? { cookie: `supperclub_session=${as.token}` } : {};
    if (action) return this.act(action, path, { headers, rest });
    const outcome = await this.app.call({
      method: kind === 'PAGE' ? 'GET' : kind,
      path: rest.query ? `${path}?${rest.query}` : path,
      headers,
      body: rest.body,
    });
    // What is not found is drawn in the browser, from the payload.
    return kind === 'PAGE' && outcome.status === 404 ? { ...outcome, text: outcome.raw } : outcome;
  }

  private async act(
    name: string,
    path: string,
    { headers, rest }: { headers: Record<string, string>; rest: Rest },
  ): Promise<Outcome> {
    const body = reply(rest);
    const type = typeof body === 'string' ? { 'content-type': 'text/plain;charset=UTF-8' } : {};
    const outcome = await this.app.call({
      method: 'POST',
      path,
      headers: { ...headers, ...type, 'next-action': actionId(name) },
      body,
    });
    // The router is told of a redirect by a header, a form without JavaScript by 303.
    const redirect = outcome.headers.get('x-action-redirect')?.replace(/;\w+$/, '');
    if (redirect) return { ...outcome, status: 303, location: redirect };
    const returned = /^1:(\{.*\})$/m.exec(outcome.raw)?.[1];
    const state = returned ? JSON.parse(returned) : {};
    return { ...outcome, code: state.code ?? null, text: state.message ?? '', body: state };
  }

  query(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.app.query(text, values);
  }

  account(row: Row = {}): Promise<Row> {
    return this.app.insert('users', {
      email: `someone-${next()}@example.com`,
      password_hash: HASH,
      name: 'Someone',
      email_verified_at: inHours(-100),
      ...(row.role === 'host' && { host_approved_at: inHours(-100) }),
      ...row,
    });
  }

  /** A new account that has signed in; `session` changes the row of the session. */
  async visitor(row: Row = {}, session: Row = {}): Promise<Row> {
    const account = await this.account(row);
    const token = randomBytes(16).toString('hex');
    const token_hash = createHash('sha256').update(token).digest('hex');
    const usual = { token_hash, user_id: account.id, expires_at: inHours(24) };
    await this.app.insert('sessions', { ...usual, ...session });
    return { ...account, token };
  }

  host = (row: Row = {}) => this.visitor({ role: 'host', ...row });
  admin = () => this.visitor({ role: 'admin' });

  async dinner(row: Row = {}): Promise<Row> {
    const host_id = row.host_id ?? (await this.account({ role: 'host' })).id;
    const n = next();
    return this.app.insert('dinners', {
      slug: `dinner-${n}`,
      title: `Dinner ${n}`,
      description: 'Four courses',
      city: 'Lisbon',
      starts_at: inHours(24 * 7),
      seats: 8,
      price_cents: 2_500,
      status: 'published',
      ...row,
      host_id,
    });
  }

  reservation(dinner: Row, user: Row, row: Row = {}): Promise<Row> {
    const usual = { dinner_id: dinner.id, user_id: user.id, seats: 2 };
    return this.app.insert('reservations', { ...usual, ...row });
  }

  /** A dinner without a free seat. */
  async fullDinner(row: Row = {}): Promise<Row> {
    const dinner = await this.dinner({ seats: 2, ...row });
    await this.reservation(dinner, await this.account());
    return dinner;
  }

  review(dinner: Row, user: Row, row: Row = {}): Promise<Row> {
    const usual = { dinner_id: dinner.id, user_id: user.id, rating: 5, body: 'Wonderful soup' };
    return this.app.insert('reviews', { ...usual, ...row });
  }

  follow(user: Row, host: Row): Promise<Row> {
    return this.app.insert('follows', { user_id: user.id, host_id: host.id });
  }
}

export const confirmations = new Confirmations<World>();
export const on = (route: string) => confirmations.on(route);
