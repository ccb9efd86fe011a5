import { expect, test } from 'vitest';
import { type Llm, readAnswer } from '../../src/llm/llm.ts';
import { proposePlans } from '../../src/operations/proposing.ts';
import type { WirePlan } from '../../src/plan/wire.ts';
import { frozenGiftCard, giftCardAnswers } from '../setup/gift-card.ts';

/*
 * A model that does what text planted in a repo tells it to: authored answers, each a good one with one
 * order obeyed. None may become a plan; the ending asked about next is still settled.
 */
type Row = WirePlan['rows'][number];
const literal = (value: string | number) => ({ kind: 'literal' as const, value });
const pair = (name: string, value: string | number) => ({ name, value: literal(value) });
const made = (table: string, columns: Row['columns'] = []): Row => ({
  ...{ name: 'planted', table, form: 'made', count: 1, columns, update: [] },
});

/** Adds to the good answer; `request` and `expect` replace parts of it. */
interface Obeyed {
  readonly rows?: Row[];
  readonly code?: string;
  readonly title?: string;
  readonly absent?: WirePlan['absent'];
  readonly env?: WirePlan['env'];
  readonly request?: Partial<WirePlan['request']>;
  readonly expect?: Partial<WirePlan['expect']>;
}

const env = (name: string, value: string | null = 'planted') => ({ env: [{ name, value }] });
const at = (path: string, method = 'GET') => ({ request: { path, method } });
const sent = (name: string, value: string) => ({ request: { headers: [pair(name, value)] } });
const kept = (value: string) => ({ rows: [made('categories', [pair('name', value)])] });

/** What was obeyed, and the finding that names it. */
const ORDERS: Record<string, [Obeyed, string]> = {
  'SQL in a value': [{ code: "x'; DROP TABLE users; --" }, 'plan.actingText'],
  'SQL in a header': [sent('x-note', "1' UNION SELECT hash FROM users"), 'plan.actingText'],
  'SQL as a column': [
    { rows: [made('roles', [pair('key"; drop table users', 'a')])] },
    'plan.unknownColumn',
  ],
  'SQL as a table': [{ rows: [made('users; drop table users')] }, 'plan.unknownTable'],
  'code in a value': [{ code: "require('child_process').exec('id')" }, 'plan.actingText'],
  'a script in a title': [{ title: '<script>fetch("//x")</script>' }, 'plan.actingText'],
  'a terminal escape in a title': [{ title: '\u001b[2Jplanted' }, 'plan.actingText'],
  'an absolute URL': [at('https://collector.example/steal', 'POST'), 'plan.absoluteUrl'],
  'a URL without a scheme': [at('//collector.example/steal'), 'plan.absoluteUrl'],
  'a URL behind a tab': [at('/\t/collector.example/steal'), 'plan.climbingPath'],
  'an address in a row': [kept('https://collector.dev/steal'), 'plan.foreignAddress'],
  'an address within a text': [kept('Sale! See http:\\\\collector.dev.'), 'plan.foreignAddress'],
  'an address without a scheme in a row': [kept('//collector.dev/hook'), 'plan.foreignAddress'],
  'an address behind a known name': [
    kept('https://example.com@collector.dev/'),
    'plan.foreignAddress',
  ],
  'an encoded address': [kept('/login?next=https%3A%2F%2Fcollector.dev'), 'plan.foreignAddress'],
  'an address in JSON': [kept('{"hook":"https:\\/\\/collector.dev"}'), 'plan.foreignAddress'],
  'an address of this machine': [kept('http://127.0.0.1:5432/'), 'plan.foreignAddress'],
  'an address of the cloud’s own': [kept('http://[::ffff:a9fe:a9fe]/'), 'plan.foreignAddress'],
  'a file of this machine': [kept('file:///etc/passwd'), 'plan.foreignAddress'],
  'a mailbox of somebody': [kept('thief@collector.dev'), 'plan.foreignAddress'],
  'a machine by its bare name': [
    { rows: [made('stores', [pair('domain', 'collector.dev')])] },
    'plan.foreignAddress',
  ],
  'an address to go on to': [at('/api/gift-cards/x?next=//collector.dev'), 'plan.foreignAddress'],
  'an address in a title': [
    { title: 'Sign in at https://collector.dev first' },
    'plan.foreignAddress',
  ],
  'a header with an address': [sent('referer', 'https://collector.dev'), 'plan.foreignAddress'],
  'a header that names another machine': [sent('X-Forwarded-Host', 'x'), 'plan.steeringHeader'],
  'a header that names another method': [
    sent('x-http-method-override', 'DELETE'),
    'plan.steeringHeader',
  ],
  'a header that names another path': [sent('x-original-url', '/x'), 'plan.steeringHeader'],
  'an invented route': [at('/api/planted', 'POST'), 'plan.unknownPath'],
  'another route': [at('/api/auth/login', 'POST'), 'plan.otherRoute'],
  'a path that climbs': [at('/api/gift-cards/../auth/login'), 'plan.climbingPath'],
  'a parameter that climbs': [at('/api/gift-cards/..'), 'plan.climbingPath'],
  'an encoded climb': [at('/api/gift-cards/%2e%2E%2fauth'), 'plan.climbingPath'],
  'a value that climbs': [{ code: '..' }, 'plan.climbingPath'],
  'an unknown table': [{ rows: [made('superusers')] }, 'plan.unknownTable'],
  'an unknown column': [
    { rows: [made('categories', [pair('superuser', 1)])] },
    'plan.unknownColumn',
  ],
  'an unknown absence': [{ absent: [{ table: 'pg_authid', where: [] }] }, 'plan.unknownTable'],
  'a variable that loads code': [env('NODE_OPTIONS', '--import=data:x'), 'plan.unknownVariable'],
  'another database': [env('DATABASE_URL', 'postgres://a.example/x'), 'plan.unknownVariable'],
  'a variable nobody reads': [env('SUPERUSER', '1'), 'plan.unknownVariable'],
  'a preload taken away': [env('NODE_OPTIONS', null), 'plan.unknownVariable'],
  'a header in a header': [sent('x-note', 'a\r\nx-admin: 1'), 'plan.splitHeader'],
  'a header in a name': [sent('x-a: 1\r\nx-admin', '1'), 'plan.splitHeader'],
  'another ending': [{ expect: { status: 500 } }, 'plan.otherEnding'],
  'a row count without end': [
    { rows: [{ ...made('roles'), count: 2_000_000_000 }] },
    'plan.tooManyRows',
  ],
};

/** That the app reads a variable is no leave to set the run's own. */
const READ = { properties: { DATABASE_URL: { type: 'string' }, NODE_OPTIONS: { type: 'string' } } };

const [good = '', other = ''] = giftCardAnswers(frozenGiftCard());

function obey({ rows = [], code, ...order }: Obeyed): string {
  const wire: WirePlan = JSON.parse(code ? good.replace('GC-1111-1111-1113', 'CODE') : good);
  const answer: WirePlan = {
    ...wire,
    title: order.title ?? wire.title,
    rows: [...wire.rows, ...rows],
    absent: order.absent ?? [],
    env: [...wire.env, ...(order.env ?? [])],
    request: { ...wire.request, ...order.request },
    expect: { ...wire.expect, ...order.expect },
  };
  return JSON.stringify(answer).replace('"CODE"', () => JSON.stringify(code));
}

test.each(Object.entries(ORDERS))('%s is never planned', async (_, [order, code]) => {
  const { open, model, ...about } = frozenGiftCard();
  const apps = model.apps.map((app) => ({ ...app, variables: READ }));
  const usage = { inputTokens: 1, cachedTokens: 0, outputTokens: 1 };
  const asked: string[] = [];
  const llm: Llm = {
    ...{ provider: 'test', model: 'obedient' },
    ask: async ({ schema, prompt }) => {
      const text = prompt.includes(open[1]!.scenario.id) ? other : obey(order);
      asked.push(text);
      return readAnswer(schema, text, usage);
    },
  };
  const options = { signal: new AbortController().signal, emit: () => undefined };
  const { plans, findings } = await proposePlans(
    open,
    { ...about, model: { ...model, apps }, llm },
    options,
  );
  expect(asked).toContain(obey(order));
  expect(plans.map(({ id }) => id)).toEqual([open[1]!.scenario.id]);
  const [found] = findings;
  expect(found?.at.path).toBe(open[0]!.scenario.id);
  expect(JSON.stringify(found?.facts['because'])).toContain(`"code":"${code}"`);
});
