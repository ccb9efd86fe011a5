// Rows, gardeners and requests of the allotments.
import { createHmac, randomBytes, scryptSync } from 'node:crypto';
import { type Outcome, type Row, RunningApp } from '../app.ts';
import { Confirmations } from '../key.ts';

const SECRET = 'signs the cookies of this suite';
export const PASSWORD = 'correct horse battery';
const salt = randomBytes(16);
const HASH = `${salt.toString('hex')}:${scryptSync(PASSWORD, salt, 32).toString('hex')}`;

let counter = 0;
export const next = () => ++counter;
export const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);
export const day = (days: number) =>
  inHours(days * 24)
    .toISOString()
    .slice(0, 10);
export const UNKNOWN_NUMBER = 999_999;

/** Each has a database of its own: without rows, or with the settings the other way. */
const PLACES = ['usual', 'empty', 'contrary'] as const;
type Place = (typeof PLACES)[number];

export interface Rest {
  /** What stands for `:number` or `:id`. */
  readonly key?: unknown;
  readonly query?: string;
  readonly form?: Readonly<Record<string, string>>;
}

/** The cookie that React Router would have set. */
function cookieOf(id: unknown, secret = SECRET): string {
  const value = Buffer.from(JSON.stringify({ gardenerId: id })).toString('base64');
  const signature = createHmac('sha256', secret).update(value).digest('base64').replace(/=+$/, '');
  return `allotments_session=${encodeURIComponent(`${value}.${signature}`)}`;
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
      name: 'allotments',
      start: ['node', '--run', 'start'] as const,
      ready: '/health',
      env: { SESSION_SECRET: SECRET, NODE_ENV: 'production' },
    };
    const usual = await RunningApp.open({ ...setup, migrate: ['node', '--run', 'release'] });
    const [empty, contrary] = await Promise.all([
      RunningApp.open({ ...setup, migrate }),
      RunningApp.open({ ...setup, migrate }),
    ]);
    await contrary.query(`UPDATE settings SET value = 'closed' WHERE key = 'applications'`);
    await contrary.query(`UPDATE settings SET value = 'Mind the frost' WHERE key = 'notice'`);
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

  /** Makes the route's request for a document; `as` is a gardener, or nobody. */
  async call(route: string, as: Row | null, rest: Rest = {}): Promise<Outcome> {
    const [kind = '', pattern = ''] = route.split(' ');
    const path = pattern.replace(/:\w+/, String(rest.key ?? UNKNOWN_NUMBER));
    const method = kind === 'PAGE' ? 'GET' : kind;
    const outcome = await this.app.call({
      method,
      path: rest.query ? `${path}?${rest.query}` : path,
      headers: as ? { cookie: cookieOf(as.id, as.secret) } : {},
      ...(method === 'POST' && { body: new URLSearchParams(rest.form ?? {}) }),
    });
    // What an action returned is in the page's script, beside the page itself.
    const code = /\\"code\\",\\"(\w+)\\"/.exec(outcome.raw)?.[1];
    return { ...outcome, code: code ?? null };
  }

  gardener(row: Row = {}): Promise<Row> {
    const email = `someone-${next()}@example.com`;
    return this.app.insert('gardeners', { email, password_hash: HASH, name: 'Someone', ...row });
  }

  steward = () => this.gardener({ role: 'steward' });

  plot(row: Row = {}): Promise<Row> {
    const usual = { number: next(), size_m2: 120 };
    return this.app.insert('plots', {
      ...usual,
      ...(row.gardener_id && { status: 'taken' }),
      ...row,
    });
  }

  application(plot: Row, gardener: Row, row: Row = {}): Promise<Row> {
    return this.app.insert('applications', { plot_id: plot.id, gardener_id: gardener.id, ...row });
  }

  fee(gardener: Row, row: Row = {}): Promise<Row> {
    const usual = { year: 2026, amount_cents: 8_000, due_on: day(-1) };
    return this.app.insert('fees', { ...usual, gardener_id: gardener.id, ...row });
  }

  party(row: Row = {}): Promise<Row> {
    const usual = { title: 'Hedges', starts_at: inHours(48), places: 2 };
    return this.app.insert('work_parties', { ...usual, ...row });
  }

  signUp(party: Row, gardener: Row): Promise<Row> {
    const row = { work_party_id: party.id, gardener_id: gardener.id };
    return this.app.insert('sign_ups', row);
  }

  query(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.app.query(text, values);
  }
}

export const confirmations = new Confirmations<World>();
export const on = (route: string) => confirmations.on(route);
