import { createHash, randomUUID, scryptSync } from 'node:crypto';
import { type Answer, KeyTest, type Row, type Sent, type World } from './key-test.ts';

const key = new KeyTest('tracker');
let counter = 0;
const next = () => ++counter;
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const inDays = (days: number) => ago(-days * 24 * 60);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const scryptHash = (password: string) =>
  `73616c74:${scryptSync(password, Buffer.from('salt'), 32).toString('hex')}`;
const letters = (n: number) =>
  [...String(n).padStart(4, '0')].map((digit) => 'ABCDEFGHIJ'[Number(digit)]).join('');

type Person = Row & { token: string };

async function user(w: World, row: Row = {}): Promise<Row> {
  const n = next();
  const defaults = { email: `u${n}@example.com`, name: `User ${n}`, password_hash: 'x:y' };
  return w.insert('users', { ...defaults, ...row });
}

async function person(w: World, row: Row = {}, session: Row = {}): Promise<Person> {
  const account = await user(w, row);
  const token = randomUUID();
  const defaults = { id: sha256(token), user_id: account.id, expires_at: inDays(1) };
  await w.insert('sessions', { ...defaults, ...session });
  return { ...account, token };
}

const workspace = (w: World, row: Row = {}) =>
  w.insert('workspaces', { slug: `space-${next()}`, name: 'Space', plan_id: 'team', ...row });

async function join(w: World, space: Row, role: string, who?: Row): Promise<Row> {
  const member = who ?? (await user(w));
  await w.insert('memberships', { workspace_id: space.id, user_id: member.id, role });
  return member;
}

/** A workspace and somebody in it. */
async function inside(w: World, role: string, row: Row = {}) {
  const space = await workspace(w, row);
  const me = await person(w);
  await join(w, space, role, me);
  return { space, me };
}

const project = (w: World, space: Row, row: Row = {}) =>
  w.insert('projects', { workspace_id: space.id, key: letters(next()), name: 'Web', ...row });

async function issueIn(w: World, space: Row, row: Row = {}, projectRow: Row = {}): Promise<Row> {
  const { id: project_id, key: projectKey } = await project(w, space, projectRow);
  const reporter_id = row.reporter_id ?? (await user(w)).id;
  const issue = await w.insert('issues', {
    project_id,
    number: 1,
    title: 'Broken',
    ...row,
    reporter_id,
  });
  return { ...issue, key: `${projectKey}-1` };
}

const bearer = (who: { token: string } | undefined): Record<string, string> =>
  who ? { authorization: `Bearer ${who.token}` } : {};

/** Calls the procedure of the route, as a tRPC client does. */
function call(w: World, who: { token: string } | undefined, input?: unknown, raw?: string) {
  const [method, path = ''] = w.route.split(' ');
  const headers = bearer(who);
  const json = raw ?? (input === undefined ? undefined : JSON.stringify(input));
  if (method === 'GET') {
    return w.send(json === undefined ? path : `${path}?input=${encodeURIComponent(json)}`, {
      headers,
    });
  }
  const sent: Sent = json === undefined ? { headers } : { headers, raw: json };
  return w.send(path, sent);
}

const on = key.on.bind(key);

/** The guards of a procedure for those who are signed in. */
function signedIn(route: string) {
  const confirm = on(route);
  confirm(401, 'UNAUTHORIZED', (w) => call(w, undefined, {}), { condition: 'no bearer token' });
  confirm(401, 'UNAUTHORIZED', (w) => call(w, { token: 'unknown' }, {}), {
    condition: 'no session has',
  });
  confirm(
    401,
    'UNAUTHORIZED',
    async (w) => call(w, await person(w, {}, { expires_at: ago(1) }), {}),
    { condition: 'expires_at' },
  );
  confirm(
    401,
    'UNAUTHORIZED',
    async (w) => call(w, await person(w, { deactivated_at: ago(1) }), {}),
    {
      condition: 'deactivated',
    },
  );
  return confirm;
}

function takesInput(route: string, who: (w: World) => Promise<Person | undefined>) {
  const confirm = on(route);
  confirm(400, 'BAD_REQUEST', async (w) => call(w, await who(w), {}), {
    condition: 'does not fit the schema',
    says: 'zodError',
  });
  confirm(400, 'BAD_REQUEST', async (w) => call(w, await who(w), undefined, '{"'), {
    condition: 'is not JSON',
    says: 'in JSON at position',
  });
}

/** The guards of a procedure of a workspace; `refused` is the role that is not enough. */
function ofWorkspace(route: string, refused?: string) {
  const confirm = signedIn(route);
  takesInput(route, (w) => person(w));
  confirm(404, 'NOT_FOUND', async (w) => call(w, await person(w), { workspaceId: randomUUID() }), {
    condition: 'no workspace has this id',
    says: 'Workspace not found',
  });
  confirm(
    404,
    'NOT_FOUND',
    async (w) => call(w, await person(w), { workspaceId: (await workspace(w)).id }),
    { condition: 'the caller does not belong', says: 'Workspace not found' },
  );
  confirm(
    403,
    'FORBIDDEN',
    async (w) => {
      const { space, me } = await inside(w, 'owner', { suspended_at: ago(1) });
      return call(w, me, { workspaceId: space.id });
    },
    { condition: 'the workspace is suspended', says: 'suspended' },
  );
  if (refused) {
    const role = { guest: 'a guest of the', member: 'neither the owner', admin: 'not the owner' };
    const condition = `the caller is ${role[refused as keyof typeof role]}`;
    confirm(
      403,
      'FORBIDDEN',
      async (w) => {
        const { space, me } = await inside(w, refused);
        return call(w, me, { workspaceId: space.id });
      },
      { condition },
    );
  }
  return confirm;
}

/** Calls with the workspace's id beside the input. */
const within = (w: World, { space, me }: { space: Row; me: Person }, input: Row) =>
  call(w, me, { workspaceId: space.id, ...input });

type Use = (w: World, at: { space: Row; me: Person }, issueId: string) => Promise<Answer>;

function findsIssue(confirm: ReturnType<typeof on>, use: Use) {
  const says = 'Issue not found';
  confirm(404, 'NOT_FOUND', async (w) => use(w, await inside(w, 'member'), randomUUID()), {
    condition: 'no issue has this id',
    says,
  });
  confirm(
    404,
    'NOT_FOUND',
    async (w) => {
      const at = await inside(w, 'member');
      return use(w, at, (await issueIn(w, at.space, { deleted_at: ago(1) })).id);
    },
    { condition: 'the issue is deleted', says },
  );
  confirm(
    404,
    'NOT_FOUND',
    async (w) => use(w, await inside(w, 'member'), (await issueIn(w, await workspace(w))).id),
    { condition: 'in a project of another workspace', says },
  );
}

type UseProject = (w: World, at: { space: Row; me: Person }, projectId: string) => Promise<Answer>;

function findsProject(confirm: ReturnType<typeof on>, use: UseProject) {
  const says = 'Project not found';
  confirm(404, 'NOT_FOUND', async (w) => use(w, await inside(w, 'owner'), randomUUID()), {
    condition: 'no project has this id',
    says,
  });
  confirm(
    404,
    'NOT_FOUND',
    async (w) => use(w, await inside(w, 'owner'), (await project(w, await workspace(w))).id),
    { condition: 'the project is in another workspace', says },
  );
}

type UseAssignee = (
  w: World,
  at: { space: Row; me: Person },
  assigneeId: string,
) => Promise<Answer>;

function needsAssignable(confirm: ReturnType<typeof on>, use: UseAssignee) {
  confirm(400, 'BAD_REQUEST', async (w) => use(w, await inside(w, 'member'), (await user(w)).id), {
    condition: 'the assignee does not belong',
    says: 'The assignee is not a member',
  });
  confirm(
    400,
    'BAD_REQUEST',
    async (w) => {
      const at = await inside(w, 'member');
      return use(w, at, (await join(w, at.space, 'guest')).id);
    },
    { condition: 'the assignee is a guest', says: 'Guests cannot be assigned' },
  );
}

on('GET /trpc/health')(200, null, (w) => call(w, undefined));

{
  const route = 'POST /trpc/auth.signIn';
  takesInput(route, () => Promise.resolve(undefined));
  const signIn = on(route);
  signIn(
    401,
    'UNAUTHORIZED',
    (w) => call(w, undefined, { email: 'nobody@example.com', password: 'x' }),
    { condition: 'no account' },
  );
  const withPassword = async (w: World, row: Row = {}, password = 'right') => {
    const { email } = await user(w, { password_hash: scryptHash('right'), ...row });
    return call(w, undefined, { email, password });
  };
  signIn(401, 'UNAUTHORIZED', (w) => withPassword(w, {}, 'wrong'), { condition: 'the password' });
  signIn(403, 'FORBIDDEN', (w) => withPassword(w, { deactivated_at: ago(1) }));
  signIn(200, null, (w) => withPassword(w), { says: 'token' });
  key.visit(route, 'with a stored hash of no shape', (w) => withPassword(w, { password_hash: '' }));
}

{
  const me = signedIn('GET /trpc/auth.me');
  me(200, null, async (w) => call(w, (await inside(w, 'member')).me), { says: '"member"' });
}

{
  const route = 'POST /trpc/workspace.create';
  const create = signedIn(route);
  takesInput(route, (w) => person(w));
  const wanted = () => ({ name: 'New', slug: `new-${next()}` });
  create(
    412,
    'PRECONDITION_FAILED',
    async (w) => {
      const me = await person(w);
      for (let i = 0; i < 3; i++) await join(w, await workspace(w), 'owner', me);
      return call(w, me, wanted());
    },
    { says: 'at most 3' },
  );
  create(
    409,
    'CONFLICT',
    async (w) => call(w, await person(w), { ...wanted(), slug: (await workspace(w)).slug }),
    { says: 'slug is taken' },
  );
  create(200, null, async (w) => call(w, await person(w), wanted()));
}

{
  const route = 'GET /trpc/workspace.bySlug';
  const bySlug = signedIn(route);
  takesInput(route, (w) => person(w));
  bySlug(404, 'NOT_FOUND', async (w) => call(w, await person(w), { slug: 'no-such-space' }));
  bySlug(403, 'FORBIDDEN', async (w) =>
    call(w, await person(w), { slug: (await workspace(w)).slug }),
  );
  bySlug(200, null, async (w) => {
    const { space, me } = await inside(w, 'guest');
    return call(w, me, { slug: space.slug });
  });
  key.visit(route, 'as staff', async (w) =>
    call(w, await person(w, { is_staff: true }), { slug: (await workspace(w)).slug }),
  );
}

{
  const changePlan = ofWorkspace('POST /trpc/workspace.changePlan', 'admin');
  const to = async (w: World, planId: string, fill?: (space: Row) => Promise<unknown>) => {
    const at = await inside(w, 'owner');
    await fill?.(at.space);
    return within(w, at, { planId });
  };
  changePlan(409, 'CONFLICT', (w) => to(w, 'team'));
  changePlan(400, 'BAD_REQUEST', (w) => to(w, 'no-such-plan'), {
    condition: 'no plan',
    says: 'no such plan',
  });
  changePlan(400, 'BAD_REQUEST', (w) => to(w, 'starter'), {
    condition: 'is retired',
    says: 'no such plan',
  });
  changePlan(
    412,
    'PRECONDITION_FAILED',
    (w) =>
      to(w, 'free', async (space) => {
        for (let i = 0; i < 3; i++) await join(w, space, 'member');
      }),
    { condition: 'more members', says: '3 members' },
  );
  changePlan(
    412,
    'PRECONDITION_FAILED',
    (w) =>
      to(w, 'free', async (space) => {
        for (let i = 0; i < 3; i++) await project(w, space);
      }),
    { condition: 'more projects', says: '2 projects' },
  );
  changePlan(200, null, (w) => to(w, 'business'));
  key.visit('POST /trpc/workspace.changePlan', 'with archived projects', (w) =>
    to(w, 'free', async (space) => {
      for (let i = 0; i < 3; i++) await project(w, space, { archived_at: ago(1) });
    }),
  );
}

{
  const changeRole = ofWorkspace('POST /trpc/member.changeRole', 'member');
  const from = async (w: World, [mine, theirs]: [string, string], role = 'guest') => {
    const at = await inside(w, mine);
    const { id } = await join(w, at.space, theirs);
    return within(w, at, { userId: id, role });
  };
  changeRole(
    400,
    'BAD_REQUEST',
    async (w) => {
      const at = await inside(w, 'owner');
      return within(w, at, { userId: at.me.id, role: 'guest' });
    },
    { condition: 'the member is the caller', says: 'your own role' },
  );
  changeRole(
    404,
    'NOT_FOUND',
    async (w) => within(w, await inside(w, 'owner'), { userId: (await user(w)).id, role: 'guest' }),
    { condition: 'the user does not belong', says: 'Member not found' },
  );
  changeRole(403, 'FORBIDDEN', (w) => from(w, ['admin', 'owner']), {
    condition: 'the member is the owner',
    says: 'keeps their role',
  });
  changeRole(403, 'FORBIDDEN', (w) => from(w, ['admin', 'admin']), {
    condition: 'and so is the member',
    says: 'appoints admins',
  });
  changeRole(403, 'FORBIDDEN', (w) => from(w, ['admin', 'member'], 'admin'), {
    condition: 'the role to give is admin',
    says: 'appoints admins',
  });
  changeRole(200, null, (w) => from(w, ['owner', 'member'], 'admin'));
}

{
  const remove = ofWorkspace('POST /trpc/member.remove');
  const from = async (w: World, mine: string, theirs: string) => {
    const at = await inside(w, mine);
    return within(w, at, { userId: (await join(w, at.space, theirs)).id });
  };
  const leave = async (w: World, role: string) => {
    const at = await inside(w, role);
    return within(w, at, { userId: at.me.id });
  };
  remove(403, 'FORBIDDEN', (w) => from(w, 'member', 'guest'), {
    condition: 'the member is somebody else',
    says: 'can remove others',
  });
  remove(412, 'PRECONDITION_FAILED', (w) => leave(w, 'owner'));
  remove(
    404,
    'NOT_FOUND',
    async (w) => within(w, await inside(w, 'owner'), { userId: (await user(w)).id }),
    { condition: 'the user does not belong', says: 'Nobody' },
  );
  remove(404, 'NOT_FOUND', (w) => from(w, 'admin', 'owner'), {
    condition: 'the member is the owner',
    says: 'Nobody',
  });
  remove(200, null, (w) => from(w, 'admin', 'member'));
  key.visit('POST /trpc/member.remove', 'to leave', (w) => leave(w, 'guest'));
}

{
  const create = ofWorkspace('POST /trpc/invitation.create', 'member');
  const invited = (w: World, at: { space: Row; me: Person }, email: string) =>
    within(w, at, { email, role: 'member' });
  const invitation = (w: World, space: Row, row: Row) =>
    w.insert('invitations', {
      workspace_id: space.id,
      email: 'x@example.com',
      role: 'member',
      token: randomUUID(),
      expires_at: inDays(1),
      ...row,
    });
  create(
    409,
    'CONFLICT',
    async (w) => {
      const at = await inside(w, 'admin');
      return invited(w, at, (await join(w, at.space, 'guest')).email);
    },
    { condition: 'a member has', says: 'Is a member' },
  );
  create(402, 'PAYMENT_REQUIRED', async (w) => {
    const at = await inside(w, 'admin', { plan_id: 'free' });
    for (let i = 0; i < 2; i++) await join(w, at.space, 'member');
    return invited(w, at, 'new@example.com');
  });
  create(
    409,
    'CONFLICT',
    async (w) => {
      const at = await inside(w, 'admin');
      await invitation(w, at.space, { invited_by: at.me.id });
      return invited(w, at, 'x@example.com');
    },
    { condition: 'neither accepted nor expired', says: 'on its way' },
  );
  create(200, null, async (w) => invited(w, await inside(w, 'owner'), 'new@example.com'));
  for (const [name, row] of [
    ['after one that expired', { expires_at: ago(1) }],
    ['after one that was accepted', { accepted_at: ago(1) }],
  ] as const) {
    key.visit('POST /trpc/invitation.create', name, async (w) => {
      const at = await inside(w, 'admin', { plan_id: 'business' });
      await invitation(w, at.space, { invited_by: at.me.id, ...row });
      return invited(w, at, 'x@example.com');
    });
  }

  const route = 'POST /trpc/invitation.accept';
  const accept = signedIn(route);
  takesInput(route, (w) => person(w));
  const accepted = async (
    w: World,
    row: Row = {},
    { space, members = 0, self = false }: { space?: Row; members?: number; self?: boolean } = {},
  ) => {
    const me = await person(w);
    const at = await workspace(w, space);
    const owner = await join(w, at, 'owner');
    for (let i = 0; i < members; i++) await join(w, at, 'member');
    if (self) await join(w, at, 'guest', me);
    const { token } = await invitation(w, at, { email: me.email, invited_by: owner.id, ...row });
    return call(w, me, { token });
  };
  accept(404, 'NOT_FOUND', async (w) => call(w, await person(w), { token: 'none' }));
  accept(403, 'FORBIDDEN', (w) => accepted(w, { email: 'other@example.com' }), {
    condition: 'another e-mail',
    says: 'someone else',
  });
  accept(409, 'CONFLICT', (w) => accepted(w, { accepted_at: ago(1) }), {
    condition: 'has been accepted',
    says: 'has been used',
  });
  accept(412, 'PRECONDITION_FAILED', (w) => accepted(w, { expires_at: ago(1) }));
  accept(403, 'FORBIDDEN', (w) => accepted(w, {}, { space: { suspended_at: ago(1) } }), {
    condition: 'is suspended',
    says: 'is suspended',
  });
  accept(402, 'PAYMENT_REQUIRED', (w) =>
    accepted(w, {}, { space: { plan_id: 'free' }, members: 2 }),
  );
  accept(409, 'CONFLICT', (w) => accepted(w, {}, { self: true }), {
    condition: 'the caller belongs',
    says: 'You are a member',
  });
  accept(200, null, (w) => accepted(w));
  key.visit(route, 'on a plan without a limit', (w) =>
    accepted(w, {}, { space: { plan_id: 'business' } }),
  );
}

{
  const create = ofWorkspace('POST /trpc/project.create', 'member');
  const wanted = () => ({ name: 'App', key: `Z${letters(next())}` });
  const fill = async (w: World, n: number, row: Row = {}) => {
    const at = await inside(w, 'owner', { plan_id: 'free' });
    for (let i = 0; i < n; i++) await project(w, at.space, row);
    return at;
  };
  create(402, 'PAYMENT_REQUIRED', async (w) => within(w, await fill(w, 2), wanted()));
  create(409, 'CONFLICT', async (w) =>
    within(w, await fill(w, 1, { key: 'TAKEN' }), { name: 'App', key: 'TAKEN' }),
  );
  create(200, null, async (w) =>
    within(w, await inside(w, 'admin', { plan_id: 'business' }), wanted()),
  );
  key.visit('POST /trpc/project.create', 'beside archived ones', async (w) =>
    within(w, await fill(w, 3, { archived_at: ago(1) }), wanted()),
  );

  const archive = ofWorkspace('POST /trpc/project.archive', 'member');
  findsProject(archive, (w, at, projectId) => within(w, at, { projectId }));
  archive(409, 'CONFLICT', async (w) => {
    const at = await inside(w, 'owner');
    return within(w, at, { projectId: (await project(w, at.space, { archived_at: ago(1) })).id });
  });
  const withIssue = async (w: World, row: Row) => {
    const at = await inside(w, 'owner');
    return within(w, at, { projectId: (await issueIn(w, at.space, row)).project_id });
  };
  archive(412, 'PRECONDITION_FAILED', (w) => withIssue(w, { status: 'in_review' }));
  archive(200, null, (w) => withIssue(w, { status: 'todo' }));
  key.visit('POST /trpc/project.archive', 'with a deleted issue in progress', (w) =>
    withIssue(w, { status: 'in_progress', deleted_at: ago(1) }),
  );
}

{
  const byKey = ofWorkspace('GET /trpc/issue.byKey');
  const says = 'Issue not found';
  const shown = async (w: World, role: string, row: (me: Row) => Row = () => ({})) => {
    const at = await inside(w, role);
    const issue = await issueIn(w, at.space, row(at.me));
    return within(w, at, { key: issue.key });
  };
  byKey(404, 'NOT_FOUND', async (w) => within(w, await inside(w, 'member'), { key: 'NONE-1' }), {
    condition: 'no project',
    says,
  });
  byKey(
    404,
    'NOT_FOUND',
    async (w) => {
      const { key } = await issueIn(w, await workspace(w));
      return within(w, await inside(w, 'member'), { key });
    },
    { condition: 'another workspace', says },
  );
  byKey(
    404,
    'NOT_FOUND',
    async (w) => {
      const at = await inside(w, 'member');
      return within(w, at, { key: `${(await project(w, at.space)).key}-7` });
    },
    { condition: 'this number', says },
  );
  byKey(404, 'NOT_FOUND', (w) => shown(w, 'member', () => ({ deleted_at: ago(1) })), {
    condition: 'is deleted',
    says,
  });
  byKey(403, 'FORBIDDEN', (w) => shown(w, 'guest'), { condition: 'the caller is a guest' });
  byKey(200, null, (w) => shown(w, 'guest', (me) => ({ reporter_id: me.id })));
  key.visit('GET /trpc/issue.byKey', 'as a member', (w) => shown(w, 'member'));

  const list = ofWorkspace('GET /trpc/issue.list');
  findsProject(list, (w, at, projectId) => within(w, at, { projectId }));
  const listed = async (w: World, role: string, input: Row = {}) => {
    const at = await inside(w, role);
    const { project_id } = await issueIn(w, at.space);
    for (const number of [2, 3]) {
      await w.insert('issues', { project_id, number, title: 'More', reporter_id: at.me.id });
    }
    return within(w, at, { projectId: project_id, ...input });
  };
  list(200, null, (w) => listed(w, 'member', { status: 'backlog', cursor: 3 }));
  key.visit('GET /trpc/issue.list', 'as a guest, with more to come', (w) =>
    listed(w, 'guest', { limit: 1 }),
  );
}

{
  const create = ofWorkspace('POST /trpc/issue.create', 'guest');
  findsProject(create, (w, at, projectId) => within(w, at, { projectId, title: 'New' }));
  const made = async (w: World, at: { space: Row; me: Person }, input: Row = {}, row: Row = {}) =>
    within(w, at, { projectId: (await project(w, at.space, row)).id, title: 'New', ...input });
  create(412, 'PRECONDITION_FAILED', async (w) =>
    made(w, await inside(w, 'member'), {}, { archived_at: ago(1) }),
  );
  needsAssignable(create, (w, at, assigneeId) => made(w, at, { assigneeId }));
  create(200, null, async (w) => {
    const at = await inside(w, 'member');
    return made(w, at, { assigneeId: at.me.id });
  });
  key.visit('POST /trpc/issue.create', 'for nobody', async (w) =>
    made(w, await inside(w, 'member')),
  );
}

{
  const transition = ofWorkspace('POST /trpc/issue.transition', 'guest');
  findsIssue(transition, (w, at, issueId) => within(w, at, { issueId, status: 'todo' }));
  const moved = async (
    w: World,
    [from, status]: [string, string],
    { row = {}, at }: { row?: Row; at?: { space: Row; me: Person } } = {},
  ) => {
    const place = at ?? (await inside(w, 'member'));
    const issue = await issueIn(w, place.space, { status: from, ...row });
    return { issue, send: () => within(w, place, { issueId: issue.id, status }), place };
  };
  transition(
    412,
    'PRECONDITION_FAILED',
    async (w) => {
      const at = await inside(w, 'member');
      const { id } = await issueIn(w, at.space, {}, { archived_at: ago(1) });
      return within(w, at, { issueId: id, status: 'todo' });
    },
    { condition: 'is archived', says: 'is archived' },
  );
  transition(409, 'CONFLICT', async (w) => (await moved(w, ['backlog', 'done'])).send());
  transition(
    412,
    'PRECONDITION_FAILED',
    async (w) => (await moved(w, ['todo', 'in_progress'])).send(),
    { condition: 'nobody is assigned', says: 'Nobody' },
  );
  const blocked = async (w: World, row: Row) => {
    const { issue, send, place } = await moved(w, ['in_review', 'done']);
    const other = await issueIn(w, place.space, row);
    await w.insert('issue_blockers', { issue_id: issue.id, blocked_by_id: other.id });
    return send();
  };
  transition(412, 'PRECONDITION_FAILED', (w) => blocked(w, { status: 'todo' }), {
    condition: 'blocks it',
    says: 'is blocked',
  });
  transition(200, null, async (w) => (await moved(w, ['todo', 'todo'])).send(), {
    condition: 'nothing is changed',
    says: '"changed":false',
  });
  transition(200, null, (w) => blocked(w, { status: 'done' }), {
    condition: 'the status is changed',
    says: '"changed":true',
  });
  key.visit('POST /trpc/issue.transition', 'blocked by a deleted one', (w) =>
    blocked(w, { deleted_at: ago(1) }),
  );
  key.visit('POST /trpc/issue.transition', 'to in progress', async (w) => {
    const at = await inside(w, 'member');
    const row = { assignee_id: at.me.id };
    return (await moved(w, ['todo', 'in_progress'], { at, row })).send();
  });
}

{
  const assign = ofWorkspace('POST /trpc/issue.assign', 'guest');
  findsIssue(assign, (w, at, issueId) => within(w, at, { issueId, assigneeId: null }));
  const assigned = async (
    w: World,
    at: { space: Row; me: Person },
    assigneeId: string | null,
    row: Row = {},
  ) => within(w, at, { issueId: (await issueIn(w, at.space, row)).id, assigneeId });
  assign(
    412,
    'PRECONDITION_FAILED',
    async (w) => assigned(w, await inside(w, 'member'), null, { status: 'canceled' }),
    { condition: 'done or canceled', says: 'is closed' },
  );
  needsAssignable(assign, (w, at, assigneeId) => assigned(w, at, assigneeId));
  assign(
    412,
    'PRECONDITION_FAILED',
    async (w) => assigned(w, await inside(w, 'member'), null, { status: 'in_progress' }),
    { condition: 'nobody is to be assigned', says: 'Somebody has to' },
  );
  assign(200, null, async (w) => {
    const at = await inside(w, 'member');
    return assigned(w, at, at.me.id);
  });
  key.visit('POST /trpc/issue.assign', 'to nobody', async (w) =>
    assigned(w, await inside(w, 'member'), null),
  );
  key.visit('POST /trpc/issue.assign', 'of a done issue', async (w) =>
    assigned(w, await inside(w, 'member'), null, { status: 'done' }),
  );
}

{
  const remove = ofWorkspace('POST /trpc/issue.remove', 'guest');
  findsIssue(remove, (w, at, issueId) => within(w, at, { issueId }));
  const removed = async (w: World, role: string) => {
    const at = await inside(w, role);
    return within(w, at, { issueId: (await issueIn(w, at.space)).id });
  };
  remove(403, 'FORBIDDEN', (w) => removed(w, 'member'), {
    condition: 'somebody else reported',
    says: 'Only the reporter',
  });
  remove(200, null, (w) => removed(w, 'admin'));
  key.visit('POST /trpc/issue.remove', 'by the reporter', async (w) => {
    const at = await inside(w, 'member');
    return within(w, at, { issueId: (await issueIn(w, at.space, { reporter_id: at.me.id })).id });
  });
}

{
  const attach = ofWorkspace('POST /trpc/issue.label.attach', 'guest');
  const label = (w: World, space: Row) =>
    w.insert('labels', { workspace_id: space.id, name: `label ${next()}` });
  findsIssue(attach, async (w, at, issueId) =>
    within(w, at, { issueId, labelId: (await label(w, at.space)).id }),
  );
  const attached = async (
    w: World,
    { labelId, others = 0, has = false }: { labelId?: string; others?: number; has?: boolean },
  ) => {
    const at = await inside(w, 'member');
    const issue = await issueIn(w, at.space);
    const wanted = labelId ?? (await label(w, at.space)).id;
    for (let i = 0; i < others; i++) {
      const { id } = await label(w, at.space);
      await w.insert('issue_labels', { issue_id: issue.id, label_id: id });
    }
    if (has) await w.insert('issue_labels', { issue_id: issue.id, label_id: wanted });
    return within(w, at, { issueId: issue.id, labelId: wanted });
  };
  attach(404, 'NOT_FOUND', (w) => attached(w, { labelId: randomUUID() }), {
    condition: 'no label',
    says: 'Label not found',
  });
  attach(
    404,
    'NOT_FOUND',
    async (w) => attached(w, { labelId: (await label(w, await workspace(w))).id }),
    { condition: 'the label is in another workspace', says: 'Label not found' },
  );
  attach(412, 'PRECONDITION_FAILED', (w) => attached(w, { others: 5 }));
  attach(200, null, (w) => attached(w, { others: 4, has: true }), {
    condition: 'nothing is changed',
    says: '"attached":false',
  });
  attach(200, null, (w) => attached(w, { others: 4 }), {
    condition: 'is attached',
    says: '"attached":true',
  });
}

{
  const add = ofWorkspace('POST /trpc/comment.add');
  findsIssue(add, (w, at, issueId) => within(w, at, { issueId, body: 'Hello' }));
  const added = async (w: World, role: string, row: (me: Row) => Row = () => ({})) => {
    const at = await inside(w, role);
    return within(w, at, { issueId: (await issueIn(w, at.space, row(at.me))).id, body: 'Hello' });
  };
  add(403, 'FORBIDDEN', (w) => added(w, 'guest'), {
    condition: 'the caller is a guest',
    says: 'Guests only',
  });
  add(403, 'FORBIDDEN', (w) => added(w, 'member', () => ({ locked: true })), {
    condition: 'locked',
    says: 'is locked',
  });
  add(200, null, (w) => added(w, 'admin', () => ({ locked: true })));
  key.visit('POST /trpc/comment.add', 'by a guest who reported it', (w) =>
    added(w, 'guest', (me) => ({ reporter_id: me.id })),
  );
  key.visit('POST /trpc/comment.add', 'by the owner', (w) =>
    added(w, 'owner', () => ({ locked: true })),
  );
}

{
  const edit = ofWorkspace('POST /trpc/comment.edit');
  const says = 'Comment not found';
  const edited = async (
    w: World,
    row: Row = {},
    { issue = {}, elsewhere = false }: { issue?: Row; elsewhere?: boolean } = {},
  ) => {
    const at = await inside(w, 'member');
    const space = elsewhere ? await workspace(w) : at.space;
    const { id } = await issueIn(w, space, issue);
    const defaults = { issue_id: id, author_id: at.me.id, body: 'Hello' };
    const comment = await w.insert('comments', { ...defaults, ...row });
    return within(w, at, { commentId: comment.id, body: 'Bye' });
  };
  edit(
    404,
    'NOT_FOUND',
    async (w) => within(w, await inside(w, 'member'), { commentId: randomUUID(), body: 'Bye' }),
    { condition: 'no comment', says },
  );
  edit(404, 'NOT_FOUND', (w) => edited(w, { deleted_at: ago(1) }), {
    condition: 'the comment itself is deleted',
    says,
  });
  edit(404, 'NOT_FOUND', (w) => edited(w, {}, { issue: { deleted_at: ago(1) } }), {
    condition: 'the issue of the comment',
    says,
  });
  edit(404, 'NOT_FOUND', (w) => edited(w, {}, { elsewhere: true }), {
    condition: 'another workspace',
    says,
  });
  edit(403, 'FORBIDDEN', async (w) => edited(w, { author_id: (await user(w)).id }), {
    condition: 'somebody else’s',
    says: 'your own comments',
  });
  edit(412, 'PRECONDITION_FAILED', (w) => edited(w, { created_at: ago(16) }));
  edit(200, null, (w) => edited(w));
}

{
  const route = 'POST /trpc/admin.workspace.suspend';
  const suspend = signedIn(route);
  const staff = (w: World) => person(w, { is_staff: true });
  takesInput(route, staff);
  suspend(403, 'FORBIDDEN', async (w) =>
    call(w, await person(w), { workspaceId: (await workspace(w)).id }),
  );
  suspend(404, 'NOT_FOUND', async (w) => call(w, await staff(w), { workspaceId: randomUUID() }));
  suspend(409, 'CONFLICT', async (w) =>
    call(w, await staff(w), { workspaceId: (await workspace(w, { suspended_at: ago(1) })).id }),
  );
  suspend(200, null, async (w) =>
    call(w, await staff(w), { workspaceId: (await workspace(w)).id }),
  );
}

key.confirm({
  ready: '/trpc/health',
  codeOf: (body) => body.error?.data?.code,
  untaken: {
    'the row breaks no other constraint': [
      "src/db/database.ts: not && error instanceof pg.DatabaseError && error.code === '23505'",
      "src/db/database.ts: not && error instanceof pg.DatabaseError && error.code === '23505' && error.constraint === constraint",
      'src/routers/invitation.ts: then throw error;',
      "src/routers/project.ts: no else isUniqueViolation(error, 'projects_key')",
      "src/routers/workspace.ts: no else isUniqueViolation(error, 'workspaces_slug_key')",
    ],
    'no request makes the app or its database fail': [
      'src/server.ts: then console.error(path, error);',
    ],
    'it is for the process, not for a request': [
      'src/server.ts: ?? process.env.PORT ?? 3000',
      'src/server.ts: function () => { server.close(); void db.destroy(); }',
    ],
  },
});
