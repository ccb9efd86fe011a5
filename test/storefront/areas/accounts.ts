// Accounts, sessions, addresses, and the two routes that need nothing.
import { crash, on, visit } from '../key.ts';
import { ago, inDays, next, PASSWORD, unknownId, type World } from '../world.ts';

const NUL = '\u0000';

const health = on('GET /healthz');
health(200, null, (w) => w.call());
health(503, 'database_unavailable', (w) => w.call({ app: 'unplugged' }));

visit('GET /api/nowhere', 'which is no route', (w) => w.call());

on('GET /api/config')(200, null, (w) => w.call());

const registration = (email = `new-${next()}@example.com`) => ({
  email,
  password: PASSWORD,
  displayName: 'New',
});
const register = on('POST /api/auth/register');
register(403, 'registration_closed', (w) => w.call({ app: 'contrary', body: registration() }));
register(409, 'email_taken', async (w) =>
  w.call({ body: registration((await w.account()).email) }),
);
register(201, null, (w) => w.call({ body: registration() }));
visit('POST /api/auth/register', 'by the address of a deleted account', async (w) =>
  w.call({ body: registration((await w.account({ deleted_at: ago(1) })).email) }),
);

crash('POST /api/auth/register', 'with a NUL', (w) =>
  w.call({ body: { ...registration(), displayName: NUL } }),
);

const login = on('POST /api/auth/login');
visit('POST /api/auth/login', 'in maintenance', async (w) =>
  w.call({ ...credentials(await w.account()), app: 'maintenance' }),
);
const credentials = ({ email }: { email?: string }, password = PASSWORD) => ({
  body: { email: email ?? 'nobody@example.com', password },
});
login(401, 'invalid_credentials', (w) => w.call(credentials({})), 'no account has');
login(
  401,
  'invalid_credentials',
  async (w) => w.call(credentials(await w.account({ deleted_at: ago(1) }))),
  'is deleted',
);
login(
  401,
  'invalid_credentials',
  async (w) => w.call(credentials(await w.account(), 'wrong')),
  'does not match',
);
login(403, 'account_banned', async (w) =>
  w.call(credentials(await w.account({ banned_at: ago(1) }))),
);
login(200, null, async (w) => w.call(credentials(await w.account())));
visit('POST /api/auth/login', 'with a reason for the ban', async (w) =>
  w.call(credentials(await w.account({ banned_at: ago(1), ban_reason: 'Spam' }))),
);
for (const password_hash of ['md5$aa$bb', 'scrypt$aa', 'scrypt$aa$bb']) {
  visit('POST /api/auth/login', `with a stored hash ${password_hash}`, async (w) =>
    w.call(credentials(await w.account({ password_hash }))),
  );
}

const logout = on('POST /api/auth/logout');
logout(200, null, (w) => w.call());
logout(204, null, async (w) => w.call({ as: await w.person() }));
visit('POST /api/auth/logout', 'in maintenance', async (w) =>
  w.call({ as: await w.person(), app: 'maintenance' }),
);

on('GET /api/auth/me')(200, null, async (w) => w.call({ as: await w.person() }));

const profile = on('PATCH /api/auth/me');
profile(409, 'email_taken', async (w) =>
  w.call({ as: await w.person(), body: { email: (await w.account()).email } }),
);
profile(200, null, async (w) =>
  w.call({ as: await w.person(), body: { email: `changed-${next()}@example.com` } }),
);
visit('PATCH /api/auth/me', 'with another name', async (w) =>
  w.call({ as: await w.person(), body: { displayName: 'Other' } }),
);

crash('PATCH /api/auth/me', 'with a NUL', async (w) =>
  w.call({ as: await w.person(), body: { displayName: NUL } }),
);
visit('PATCH /api/auth/me', 'in maintenance, by nobody', (w) => w.call({ app: 'maintenance' }));
for (const who of ['support', 'admin'] as const) {
  visit('PATCH /api/auth/me', `in maintenance, by ${who}`, async (w) =>
    w.call({ as: await w[who](), body: { displayName: 'Staff' }, app: 'maintenance' }),
  );
}

const password = on('POST /api/auth/password');
const passwords = (currentPassword: string, newPassword: string) => ({
  body: { currentPassword, newPassword },
});
password(403, 'wrong_password', async (w) =>
  w.call({ as: await w.person(), ...passwords('wrong', 'something longer') }),
);
password(422, 'password_unchanged', async (w) =>
  w.call({ as: await w.person(), ...passwords(PASSWORD, PASSWORD) }),
);
password(200, null, async (w) =>
  w.call({ as: await w.person(), ...passwords(PASSWORD, 'something longer') }),
);

const verification = async (w: World, row = {}, account = {}) => {
  const user = await w.account({ email_verified_at: null, ...account });
  const token = unknownId();
  const defaults = { token, user_id: user.id, email: user.email, expires_at: inDays(1) };
  await w.insert('email_verifications', { ...defaults, ...row });
  return { body: { token } };
};
const verify = on('POST /api/auth/verify-email');
verify(404, 'verification_not_found', (w) => w.call({ body: { token: 'unknown' } }));
verify(409, 'verification_used', async (w) => w.call(await verification(w, { used_at: ago(1) })));
verify(410, 'verification_expired', async (w) =>
  w.call(await verification(w, { expires_at: ago(1) })),
);
verify(409, 'email_changed', async (w) =>
  w.call(await verification(w, { email: 'former@example.com' })),
);
verify(200, null, async (w) => w.call(await verification(w)));

const resend = on('POST /api/auth/verify-email/resend');
resend(409, 'verification_recently_sent', async (w) => {
  const user = await w.person({ email_verified_at: null });
  await w.call({ as: user });
  return w.call({ as: user });
});
resend(202, null, async (w) => w.call({ as: await w.person({ email_verified_at: null }) }));
resend(204, null, async (w) => w.call({ as: await w.person() }));

// ------------------------------------------------------------------ addresses

const fields = (label = 'Home') => ({
  label,
  recipient: 'Someone',
  line1: 'Street 1',
  city: 'Town',
  postalCode: '12345',
  country: 'DE',
});
on('GET /api/addresses')(200, null, async (w) => w.call({ as: await w.person() }));

const save = on('POST /api/addresses');
save(409, 'address_label_taken', async (w) => {
  const user = await w.person();
  await w.address(user, { label: 'Home' });
  return w.call({ as: user, body: fields('Home') });
});
save(201, null, async (w) => w.call({ as: await w.person(), body: fields() }));
visit('POST /api/addresses', 'a default one', async (w) =>
  w.call({ as: await w.person(), body: { ...fields(), isDefault: true } }),
);
crash('POST /api/addresses', 'with a NUL', async (w) =>
  w.call({ as: await w.person(), body: fields(NUL) }),
);
visit('POST /api/addresses', 'a second one, not the default', async (w) => {
  const user = await w.person();
  await w.address(user);
  return w.call({ as: user, body: fields() });
});

type Make = (id: string) => { body?: unknown };
function ownAddress(route: string, rest: Make = () => ({})) {
  const entry = on(route);
  entry(
    404,
    'address_not_found',
    async (w) => w.call({ as: await w.person(), params: { id: unknownId() }, ...rest('') }),
    'no address has this id',
  );
  entry(
    404,
    'address_not_found',
    async (w) => {
      const { id } = await w.address(await w.customer());
      return w.call({ as: await w.person(), params: { id }, ...rest(id) });
    },
    'belongs to another',
  );
  entry(
    404,
    'address_not_found',
    async (w) => {
      const user = await w.person();
      const { id } = await w.address(user, { deleted_at: ago(1) });
      return w.call({ as: user, params: { id }, ...rest(id) });
    },
    'is deleted',
  );
  return entry;
}
const inUse = async (w: World) => {
  const user = await w.person();
  const { id } = await w.address(user);
  await w.order(user, { address_id: id, status: 'shipped' });
  return { as: user, params: { id } };
};
const changed = () => ({ body: { city: 'City' } });
const change = ownAddress('PATCH /api/addresses/:id', changed);
change(409, 'address_in_use', async (w) => w.call({ ...(await inUse(w)), ...changed() }));
change(409, 'address_label_taken', async (w) => {
  const user = await w.person();
  const { label } = await w.address(user);
  const { id } = await w.address(user);
  return w.call({ as: user, params: { id }, body: { label } });
});
const own = async (w: World, row = {}) => {
  const user = await w.person();
  const { id } = await w.address(user, row);
  return { as: user, params: { id } };
};
change(200, null, async (w) => w.call({ ...(await own(w)), ...changed() }));

const makeDefault = ownAddress('POST /api/addresses/:id/default');
makeDefault(200, null, async (w) => w.call(await own(w, { is_default: true })), 'changed: false');
makeDefault(200, null, async (w) => w.call(await own(w)), 'changed: true');

const remove = ownAddress('DELETE /api/addresses/:id');
remove(409, 'address_in_use', async (w) => w.call(await inUse(w)));
remove(204, null, async (w) => w.call(await own(w)));
