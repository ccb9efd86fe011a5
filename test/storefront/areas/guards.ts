// What every route has in common: who asks, maintenance, and requests that do not parse. The
// requests follow from the route's pattern, so these cases come from the key itself.
import { KEY, on } from '../key.ts';
import { type Call, giftCardCode, type Person, unknownId, type World } from '../world.ts';

const NUMBERED = /^\S+ \/api\/admin\/(products|categories|coupons)\//;

export function placeholders(route: string): Record<string, string | number> {
  const values: Record<string, string | number> = {
    id: NUMBERED.test(route) ? 1 : unknownId(),
    productId: 1,
    noteId: 1,
    partId: 1,
    store: 'no-such-store',
    slug: 'no-such-thing',
    code: giftCardCode(),
  };
  const names = [...route.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
  return Object.fromEntries(names.map((name) => [name, values[name] ?? '']));
}

const BAD_QUERIES: Record<string, string> = {
  'PAGE /shop': 'q=a&q=b',
  'GET /api/products': 'page=0',
  'GET /api/orders': 'status=lost',
  'GET /api/loyalty/history': 'page=0',
  'GET /api/admin/products': 'status=lost',
  'GET /api/admin/coupons': 'state=lost',
  'GET /api/admin/orders': 'page=0',
  'GET /api/admin/refunds': 'status=lost',
  'GET /api/admin/users': 'banned=perhaps',
};

function badRequest(route: string): Call {
  const query = BAD_QUERIES[route];
  if (query) return { query };
  if (route === 'POST /shop/cart') return { form: { productId: 'none' } };
  const params = placeholders(route);
  const [name] = Object.keys(params);
  if (!name) return { body: null };
  return { params: { ...params, [name]: `NOT_VALID${'!'.repeat(40)}` } };
}

const malformed = (route: string): Call =>
  route === 'POST /shop/cart'
    ? { raw: { type: 'multipart/form-data', body: 'no boundary' } }
    : { raw: { type: 'application/json', body: '{' }, params: placeholders(route) };

const SIGNED_OUT: Record<string, (world: World) => Promise<Person | undefined>> = {
  'no session cookie': () => Promise.resolve(undefined),
  'no session has the hash': (world) => world.gone('unknown'),
  'expires_at in the past': (world) => world.gone('expired'),
  'the account of the session is deleted': (world) => world.gone('deleted'),
  'signed-in account has banned_at set': (world) => world.gone('banned'),
};

const routes = [...new Set(KEY.map(({ route }) => route))].filter(
  (route) => !/^PAGE \/(cart|account|$)/.test(route),
);
for (const route of routes) {
  const entry = on(route);
  const params = placeholders(route);
  const has = (code: string) =>
    KEY.some((ending) => ending.route === route && ending.code === code);

  for (const [condition, who] of Object.entries(SIGNED_OUT)) {
    const redirects = route === 'POST /shop/cart';
    const [status, code] = redirects
      ? [303, null]
      : condition.includes('banned')
        ? [403, 'account_banned']
        : [401, 'unauthenticated'];
    if (!redirects && !has('unauthenticated')) continue;
    const form = redirects ? { form: { productId: '1' } } : {};
    entry(status, code, async (w) => w.call({ as: await who(w), params, ...form }), condition);
  }
  if (has('maintenance')) {
    entry(503, 'maintenance', async (w) =>
      w.call({ app: 'maintenance', as: await w.customer(), params }),
    );
  }
  if (has('insufficient_role')) {
    entry(403, 'insufficient_role', async (w) => w.call({ as: await w.customer(), params }));
  }
  if (has('validation_failed')) {
    entry(400, 'validation_failed', async (w) =>
      w.call({ as: await w.admin(), ...badRequest(route) }),
    );
  }
  if (has('malformed_request')) {
    entry(400, 'malformed_request', async (w) =>
      w.call({ as: await w.admin(), ...malformed(route) }),
    );
  }
}
