// Rows, members and requests of the noticeboard.
import { type Outcome, type Row, RunningApp } from '../app.ts';
import { Confirmations } from '../key.ts';

let counter = 0;
const next = () => ++counter;
export const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);
export const UNKNOWN = 999_999;

export interface Rest {
  /** What stands for the path's parameter. */
  readonly key?: unknown;
  /** The key of the member who asks. */
  readonly as?: string | null;
  readonly body?: unknown;
  /** Sent as it is, as JSON. */
  readonly raw?: string;
}

export class World {
  private readonly usual: RunningApp;
  private readonly empty: RunningApp;

  private constructor(usual: RunningApp, empty: RunningApp) {
    this.usual = usual;
    this.empty = empty;
  }

  static async open() {
    const setup = {
      name: 'noticeboard',
      start: ['node', '--run', 'start'] as const,
      ready: '/api/health',
      env: { NEXT_TELEMETRY_DISABLED: '1' },
    };
    const usual = await RunningApp.open({ ...setup, migrate: ['node', '--run', 'release'] });
    const empty = await RunningApp.open({ ...setup, migrate: ['node', '--run', 'migrate'] });
    const stop = async () => void (await Promise.all([usual.stop(), empty.stop()]));
    return { world: new World(usual, empty), stop };
  }

  /** The board of a house that has none. */
  in(_: 'empty'): World {
    return new World(this.empty, this.empty);
  }

  async call(route: string, { key, as, body, raw }: Rest = {}): Promise<Outcome> {
    const [kind = '', pattern = ''] = route.split(' ');
    const outcome = await this.usual.call({
      method: kind === 'PAGE' ? 'GET' : kind,
      path: pattern.replace(/[:*]\w+/, String(key ?? UNKNOWN)),
      headers: {
        ...(as ? { 'x-member-key': as } : {}),
        ...(raw === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(kind === 'GET' || kind === 'PAGE' ? {} : { body: raw ?? body }),
    });
    return outcome;
  }

  member(row: Row = {}): Promise<Row> {
    return this.usual.insert('members', { key: `key-${next()}`, name: 'Someone', ...row });
  }

  async notice(row: Row = {}): Promise<Row> {
    const member_id = row.member_id ?? (await this.member()).id;
    const usual = { title: `Notice ${next()}`, kind: 'offer' };
    return this.usual.insert('notices', { ...usual, ...row, member_id });
  }

  reply({ id }: Row): Promise<Row> {
    return this.usual.insert('replies', { notice_id: id, text: 'I have seen it' });
  }
}

export const confirmations = new Confirmations<World>();
export const on = (route: string) => confirmations.on(route);
