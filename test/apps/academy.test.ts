import { randomUUID, scryptSync } from 'node:crypto';
import { type Answer, KeyTest, type Row, type Sent, type World } from './key-test.ts';

const key = new KeyTest('academy');
const on = key.on.bind(key);

let counter = 0;
const next = () => ++counter;
const ago = (days: number) => new Date(Date.now() - days * 86_400_000);
const inDays = (days: number) => ago(-days);
const scryptHash = (password: string) =>
  `73616c74.${scryptSync(password, Buffer.from('salt'), 32).toString('hex')}`;

type Person = Row & { sid: string };

function user(w: World, row: Row = {}): Promise<Row> {
  const n = next();
  const defaults = {
    id: randomUUID(),
    email: `u${n}@example.com`,
    name: `User ${n}`,
    password_hash: 'x.y',
  };
  return w.insert('users', { ...defaults, ...row });
}

async function person(w: World, row: Row = {}, session: Row = {}): Promise<Person> {
  const account = await user(w, row);
  const sid = randomUUID();
  await w.insert('sessions', { sid, user_id: account.id, expires_at: inDays(1), ...session });
  return { ...account, sid };
}

const admin = (w: World) => person(w, { role: 'admin' });

async function course(w: World, row: Row = {}): Promise<Row> {
  const n = next();
  const defaults = {
    id: randomUUID(),
    slug: `course-${n}`,
    title: `Course ${n}`,
    status: 'published',
    published_at: ago(n),
    category_slug: 'music',
  };
  const instructor_id = row.instructor_id ?? (await user(w, { role: 'instructor' })).id;
  return w.insert('courses', { ...defaults, ...row, instructor_id });
}

/** A course and its instructor. */
async function taught(w: World, row: Row = {}) {
  const me = await person(w, { role: 'instructor' });
  return { me, course: await course(w, { ...row, instructor_id: me.id }) };
}

const lesson = (w: World, { id: course_id }: Row, position: number, row: Row = {}) =>
  w.insert('lessons', {
    id: randomUUID(),
    course_id,
    position,
    title: `Lesson ${position}`,
    minutes: 20,
    ...row,
  });

const enrollment = (w: World, { id: user_id }: Row, { id: course_id }: Row, row: Row = {}) =>
  w.insert('enrollments', { id: randomUUID(), user_id, course_id, price_paid_cents: 500, ...row });

/** Somebody enrolled in a course of as many lessons, of which some are completed. */
async function enrolled(
  w: World,
  row: Row = {},
  { lessons = 2, done = 0 }: { lessons?: number; done?: number } = {},
) {
  const me = await person(w);
  const its = await course(w);
  const mine = await enrollment(w, me, its, row);
  const all: Row[] = [];
  for (let i = 1; i <= lessons; i++) all.push(await lesson(w, its, i));
  for (const { id } of all.slice(0, done)) {
    await w.insert('lesson_progress', { enrollment_id: mine.id, lesson_id: id });
  }
  return { me, course: its, enrollment: mine, lessons: all };
}

/** Calls the route with its parameters filled in, as whoever has the session. */
function call(
  w: World,
  who: { sid: string } | undefined,
  { params = {}, query = '', ...sent }: Sent & { params?: Row; query?: string } = {},
): Promise<Answer> {
  const [, path = ''] = w.route.split(' ');
  const url = path.replace(/:(\w+)/g, (_, name) => String(params[name] ?? randomUUID()));
  return w.send(url + query, { ...sent, headers: who ? { cookie: `sid=${who.sid}` } : {} });
}

function noSession(route: string) {
  const confirm = on(route);
  confirm(401, 'unauthenticated', (w) => call(w, undefined), { condition: 'no session cookie' });
  confirm(401, 'unauthenticated', (w) => call(w, { sid: 'unknown' }), {
    condition: 'no session has',
  });
  confirm(
    401,
    'unauthenticated',
    async (w) => call(w, await person(w, {}, { expires_at: ago(1) })),
    {
      condition: 'expires_at',
    },
  );
}

function signedIn(route: string) {
  noSession(route);
  const confirm = on(route);
  confirm(403, 'account_suspended', async (w) =>
    call(w, await person(w, { suspended_at: ago(1) })),
  );
  return confirm;
}

const malformed = (route: string) =>
  on(route)(400, 'malformed_json', (w) => call(w, undefined, { raw: '{"' }));

function badBody(route: string, who: (w: World) => Promise<Person | undefined> = (w) => person(w)) {
  on(route)(
    400,
    'validation_failed',
    async (w) => call(w, await who(w), { body: { slug: 7, coupon: 7 } }),
    {
      condition: 'the body',
    },
  );
}

function badId(route: string, params: Row, who: (w: World) => Promise<Person> = (w) => person(w)) {
  on(route)(400, 'validation_failed', async (w) => call(w, await who(w), { params }), {
    condition: 'not a UUID',
  });
}

function editable(route: string, body?: Row) {
  const confirm = on(route);
  const sent = body ? { body } : {};
  const params = async (w: World) => ({ slug: (await course(w)).slug });
  confirm(404, 'course_not_found', async (w) =>
    call(w, await admin(w), { ...sent, params: { slug: 'none' } }),
  );
  confirm(403, 'not_your_course', async (w) =>
    call(w, await person(w, { role: 'instructor' }), { ...sent, params: await params(w) }),
  );
}

function own(route: string) {
  const confirm = on(route);
  confirm(404, 'record_not_found', async (w) => call(w, await person(w)));
  confirm(403, 'not_your_enrollment', async (w) => {
    const { enrollment: theirs } = await enrolled(w);
    return call(w, await person(w), { params: { id: theirs.id } });
  });
}

on('GET /healthz')(200, null, (w) => call(w, undefined));

{
  const route = 'POST /api/auth/register';
  malformed(route);
  badBody(route, () => Promise.resolve(undefined));
  const register = on(route);
  const wanted = (email = `new${next()}@example.com`) => ({
    body: { email, name: 'New', password: 'correct horse' },
  });
  register(409, 'email_taken', async (w) => call(w, undefined, wanted((await user(w)).email)));
  register(201, null, (w) => call(w, undefined, wanted()));
}

{
  const route = 'POST /api/auth/login';
  malformed(route);
  badBody(route, () => Promise.resolve(undefined));
  const login = on(route);
  const by = async (w: World, row: Row = {}, password = 'right') => {
    const { email } = await user(w, { password_hash: scryptHash('right'), ...row });
    return call(w, undefined, { body: { email, password } });
  };
  login(
    401,
    'invalid_credentials',
    (w) => call(w, undefined, { body: { email: 'nobody@example.com', password: 'right' } }),
    { condition: 'no account' },
  );
  login(401, 'invalid_credentials', (w) => by(w, {}, 'wrong'), { condition: 'the password' });
  login(403, 'account_suspended', (w) => by(w, { suspended_at: ago(1) }));
  login(200, null, (w) => by(w));
  key.visit(route, 'with a stored hash of no shape', (w) => by(w, { password_hash: '' }));
}

{
  const route = 'POST /api/auth/logout';
  malformed(route);
  signedIn(route)(204, null, async (w) => call(w, await person(w)));
}

signedIn('GET /api/me')(200, null, async (w) => call(w, (await enrolled(w)).me));

{
  const list = on('GET /api/courses');
  list(400, 'validation_failed', (w) => call(w, undefined, { query: '?page=0' }));
  list(404, 'category_not_found', (w) => call(w, undefined, { query: '?category=none' }));
  list(404, 'page_not_found', (w) => call(w, undefined, { query: '?page=2&q=nothing-like-it' }));
  list(200, null, async (w) => {
    const { title } = await course(w);
    return call(w, undefined, { query: `?category=music&q=${encodeURIComponent(title)}` });
  });
  key.visit('GET /api/courses', 'second page', async (w) => {
    await course(w);
    await course(w);
    return call(w, undefined, { query: '?page=2&perPage=1' });
  });
}

{
  const route = 'POST /api/courses';
  malformed(route);
  const create = signedIn(route);
  create(403, 'forbidden', async (w) => call(w, await person(w)));
  badBody(route, admin);
  const instructor = (w: World) => person(w, { role: 'instructor' });
  const wanted = (row: Row = {}) => ({
    body: { slug: `new-${next()}`, title: 'New', categorySlug: 'design', ...row },
  });
  create(409, 'slug_taken', async (w) =>
    call(w, await instructor(w), wanted({ slug: (await course(w)).slug })),
  );
  create(422, 'unknown_category', async (w) =>
    call(w, await instructor(w), wanted({ categorySlug: 'none' })),
  );
  create(201, null, async (w) =>
    call(w, await instructor(w), wanted({ lessons: [{ title: 'First', minutes: 5 }] })),
  );
}

{
  const route = 'GET /api/courses/:slug';
  const show = on(route);
  const shown = async (w: World, row: Row = {}, who?: Person) =>
    call(w, who, { params: { slug: (await course(w, row)).slug } });
  show(404, 'course_not_found', (w) => call(w, undefined, { params: { slug: 'none' } }), {
    condition: 'no course',
  });
  show(410, 'course_archived', (w) => shown(w, { status: 'archived' }));
  show(404, 'course_not_found', (w) => shown(w, { status: 'draft' }), { condition: 'is a draft' });
  show(200, null, (w) => shown(w));
  key.visit(route, 'of a draft by another instructor', async (w) =>
    shown(w, { status: 'in_review' }, await person(w, { role: 'instructor' })),
  );
  key.visit(route, 'of an archived one by an admin', async (w) =>
    shown(w, { status: 'archived' }, await admin(w)),
  );
  key.visit(route, 'of a draft by its instructor', async (w) => {
    const { me, course: mine } = await taught(w, { status: 'draft' });
    return call(w, me, { params: { slug: mine.slug } });
  });
}

{
  const route = 'PATCH /api/courses/:slug';
  malformed(route);
  const change = signedIn(route);
  badBody(route);
  editable(route);
  const changed = async (w: World, body: Row, row: Row = {}, enrollments: Row[] = []) => {
    const { me, course: mine } = await taught(w, row);
    for (const status of enrollments) await enrollment(w, await user(w), mine, status);
    return call(w, me, { params: { slug: mine.slug }, body });
  };
  change(409, 'course_archived', (w) => changed(w, { title: 'Other' }, { status: 'archived' }));
  change(409, 'capacity_too_small', (w) => changed(w, { capacity: 1 }, {}, [{}, {}]));
  change(409, 'slug_taken', async (w) => changed(w, { slug: (await course(w)).slug }));
  change(200, null, (w) => changed(w, { title: 'Other' }));
  key.visit(route, 'to a capacity that refunded enrollments are above', (w) =>
    changed(w, { capacity: 1 }, {}, [{}, { status: 'refunded' }]),
  );
  key.visit(route, 'to no capacity', (w) => changed(w, { capacity: null }, { capacity: 1 }, [{}]));
}

{
  const route = 'DELETE /api/courses/:slug';
  malformed(route);
  const remove = signedIn(route);
  editable(route);
  remove(409, 'course_has_enrollments', async (w) => {
    const { me, course: mine } = await taught(w);
    await enrollment(w, await user(w), mine);
    return call(w, me, { params: { slug: mine.slug } });
  });
  remove(204, null, async (w) => {
    const { me, course: mine } = await taught(w);
    await lesson(w, mine, 1);
    await course(w, { prerequisite_id: mine.id });
    return call(w, me, { params: { slug: mine.slug } });
  });
}

{
  const route = 'POST /api/courses/:slug/submission';
  malformed(route);
  const submit = signedIn(route);
  editable(route);
  const submitted = async (w: World, row: Row, ...minutes: number[]) => {
    const { me, course: mine } = await taught(w, { status: 'draft', ...row });
    for (const [i, each] of minutes.entries()) await lesson(w, mine, i + 1, { minutes: each });
    return call(w, me, { params: { slug: mine.slug } });
  };
  submit(409, 'not_a_draft', (w) => submitted(w, { status: 'in_review' }));
  submit(422, 'no_lessons', (w) => submitted(w, {}));
  submit(422, 'too_short', (w) => submitted(w, {}, 20, 9));
  submit(200, null, (w) => submitted(w, {}, 20, 10));
}

{
  const stats = signedIn('GET /api/courses/:slug/stats');
  stats(
    404,
    'course_not_found',
    async (w) => call(w, await person(w), { params: { slug: 'none' } }),
    { condition: 'no course' },
  );
  stats(
    404,
    'course_not_found',
    async (w) => call(w, await admin(w), { params: { slug: (await course(w)).slug } }),
    { condition: 'not the instructor' },
  );
  stats(200, null, async (w) => {
    const { me, course: mine } = await taught(w);
    await enrollment(w, await user(w), mine, { status: 'completed' });
    return call(w, me, { params: { slug: mine.slug } });
  });
}

{
  const route = 'POST /api/courses/:slug/enrollments';
  malformed(route);
  const enroll = signedIn(route);
  badBody(route);
  const into = async (w: World, its: Row, who: Row = {}, coupon?: string) =>
    call(w, await person(w, { credit_cents: 1000, ...who }), {
      params: { slug: its.slug },
      ...(coupon ? { body: { coupon } } : {}),
    });
  enroll(404, 'course_not_found', (w) => into(w, { slug: 'none' }), { condition: 'no course' });
  enroll(404, 'course_not_found', async (w) => into(w, await course(w, { status: 'draft' })), {
    condition: 'is a draft',
  });
  key.visit(route, 'of a course in review', async (w) =>
    into(w, await course(w, { status: 'in_review' })),
  );
  enroll(410, 'course_archived', async (w) => into(w, await course(w, { status: 'archived' })));
  enroll(403, 'own_course', async (w) => {
    const { me, course: mine } = await taught(w);
    return call(w, me, { params: { slug: mine.slug } });
  });
  const full = async (w: World, row: Row) => {
    const its = await course(w, { capacity: 1 });
    await enrollment(w, await user(w), its, row);
    return into(w, its);
  };
  enroll(409, 'course_full', (w) => full(w, {}));
  key.visit(route, 'where another has been refunded', (w) => full(w, { status: 'refunded' }));
  const after = async (w: World, row?: Row) => {
    const me = await person(w);
    const first = await course(w);
    if (row) await enrollment(w, me, first, row);
    const its = await course(w, { prerequisite_id: first.id });
    return call(w, me, { params: { slug: its.slug } });
  };
  enroll(412, 'prerequisite_missing', (w) => after(w));
  key.visit(route, 'before the first is completed', (w) => after(w, {}));
  key.visit(route, 'after the first', (w) => after(w, { status: 'completed' }));
  const withCoupon = async (w: World, row: Row = {}, who: Row = {}) => {
    const its = await course(w, { price_cents: 1000 });
    const defaults = { code: `SAVE${next()}`, course_id: its.id, percent_off: 50 };
    const { code } = await w.insert('coupons', { ...defaults, ...row });
    return into(w, its, who, code);
  };
  enroll(404, 'coupon_not_found', async (w) => into(w, await course(w), {}, 'NONE'));
  enroll(422, 'coupon_not_applicable', async (w) =>
    withCoupon(w, { course_id: (await course(w)).id }),
  );
  enroll(422, 'coupon_expired', (w) => withCoupon(w, { expires_at: ago(1) }));
  enroll(409, 'coupon_used_up', (w) => withCoupon(w, { max_uses: 2, used_count: 2 }));
  enroll(402, 'insufficient_credit', (w) => withCoupon(w, {}, { credit_cents: 499 }));
  key.visit(route, 'with too little credit and no coupon', async (w) =>
    into(w, await course(w, { price_cents: 1001 })),
  );
  enroll(409, 'already_enrolled', async (w) => {
    const { me, course: its } = await enrolled(w, { status: 'refunded' });
    return call(w, me, { params: { slug: its.slug }, body: {} });
  });
  enroll(201, null, (w) =>
    withCoupon(
      w,
      { course_id: null, max_uses: 2, used_count: 1, expires_at: inDays(1) },
      { credit_cents: 500 },
    ),
  );
}

{
  const route = 'PUT /api/courses/:slug/review';
  malformed(route);
  const review = signedIn(route);
  badBody(route);
  const body = { rating: 4 };
  const reviewed = async (w: World, row: Row, done: number, existing?: Row) => {
    const { me, course: its } = await enrolled(w, row, { done });
    if (existing) {
      const of = { course_id: its.id, user_id: me.id };
      await w.insert('reviews', { id: randomUUID(), rating: 1, ...of, ...existing });
    }
    return call(w, me, { params: { slug: its.slug }, body });
  };
  review(
    403,
    'not_enrolled',
    async (w) => call(w, await person(w), { params: { slug: 'none' }, body }),
    { condition: 'no course' },
  );
  review(
    403,
    'not_enrolled',
    async (w) => call(w, await person(w), { params: { slug: (await course(w)).slug }, body }),
    { condition: 'no enrollment' },
  );
  review(403, 'not_enrolled', (w) => reviewed(w, { status: 'refunded' }, 1), {
    condition: 'is refunded',
  });
  review(412, 'nothing_watched', (w) => reviewed(w, {}, 0));
  review(403, 'review_hidden', (w) => reviewed(w, {}, 1, { hidden: true }));
  review(201, null, (w) => reviewed(w, {}, 1));
  review(200, null, (w) => reviewed(w, {}, 1, {}));
}

{
  const route = 'POST /api/courses/:slug/lessons';
  malformed(route);
  const add = signedIn(route);
  badBody(route);
  const body = { position: 1, title: 'New', minutes: 10 };
  editable(route, body);
  const added = async (w: World, row: Row, position?: number) => {
    const { me, course: mine } = await taught(w, row);
    if (position) await lesson(w, mine, position);
    return call(w, me, { params: { slug: mine.slug }, body });
  };
  add(409, 'course_archived', (w) => added(w, { status: 'archived' }));
  add(409, 'position_taken', (w) => added(w, {}, 1));
  add(201, null, (w) => added(w, {}, 2));
}

{
  const route = 'GET /api/courses/:slug/lessons/:lessonId';
  badId(route, { slug: 'x', lessonId: '7' });
  const show = on(route);
  const shown = async (w: World, who: Person | undefined, row: Row = {}, its?: Row) => {
    const of = its ?? (await course(w));
    const { id: lessonId } = await lesson(w, of, 1, row);
    return call(w, who, { params: { slug: of.slug, lessonId } });
  };
  show(
    404,
    'lesson_not_found',
    async (w) => call(w, undefined, { params: { slug: (await course(w)).slug } }),
    { condition: 'no lesson' },
  );
  show(
    404,
    'lesson_not_found',
    async (w) => {
      const { id: lessonId } = await lesson(w, await course(w), 1);
      return call(w, undefined, { params: { slug: (await course(w)).slug, lessonId } });
    },
    { condition: 'another slug' },
  );
  show(401, 'unauthenticated', (w) => shown(w, undefined), { condition: 'no session cookie' });
  show(401, 'unauthenticated', (w) => shown(w, { sid: 'unknown' }), {
    condition: 'no session has',
  });
  show(401, 'unauthenticated', async (w) => shown(w, await person(w, {}, { expires_at: ago(1) })), {
    condition: 'expires_at',
  });
  show(403, 'not_enrolled', async (w) => shown(w, await person(w)), {
    condition: 'no enrollment in it',
  });
  const enrolledIn = async (w: World, row: Row) => {
    const { me, course: its } = await enrolled(w, row, { lessons: 0 });
    return shown(w, me, {}, its);
  };
  show(403, 'not_enrolled', (w) => enrolledIn(w, { status: 'refunded' }), {
    condition: 'is refunded',
  });
  show(200, null, (w) => shown(w, undefined, { is_preview: true }), { condition: 'a preview' });
  show(200, null, (w) => enrolledIn(w, {}), { condition: 'the caller is enrolled' });
  key.visit(route, 'by its instructor', async (w) => {
    const { me, course: mine } = await taught(w);
    return shown(w, me, {}, mine);
  });
}

{
  const route = 'DELETE /api/courses/:slug/lessons/:lessonId';
  malformed(route);
  badId(route, { slug: 'x', lessonId: '7' });
  const remove = signedIn(route);
  editable(route);
  const removed = async (
    w: World,
    { row = {}, lessonId, more = 0 }: { row?: Row; lessonId?: string; more?: number },
  ) => {
    const { me, course: mine } = await taught(w, row);
    const first = await lesson(w, mine, 1);
    for (let i = 0; i < more; i++) await lesson(w, mine, i + 2);
    return call(w, me, { params: { slug: mine.slug, lessonId: lessonId ?? first.id } });
  };
  remove(409, 'last_lesson', (w) => removed(w, {}));
  remove(
    404,
    'record_not_found',
    (w) => removed(w, { row: { status: 'draft' }, lessonId: randomUUID() }),
    { condition: 'no lesson' },
  );
  remove(
    404,
    'record_not_found',
    async (w) => removed(w, { more: 1, lessonId: (await lesson(w, await course(w), 1)).id }),
    { condition: 'of another course' },
  );
  remove(204, null, (w) => removed(w, { more: 1 }));
  key.visit(route, 'of a draft', (w) => removed(w, { row: { status: 'draft' } }));
}

{
  const route = 'PUT /api/enrollments/:id/lessons/:lessonId';
  malformed(route);
  const complete = signedIn(route);
  badId(route, { id: '7' });
  own(route);
  const completed = async (
    w: World,
    row: Row,
    { lessonId, done = 0 }: { lessonId?: string; done?: number } = {},
  ) => {
    const { me, enrollment: mine, lessons } = await enrolled(w, row, { done });
    return call(w, me, { params: { id: mine.id, lessonId: lessonId ?? lessons[1]?.id } });
  };
  complete(409, 'enrollment_refunded', (w) => completed(w, { status: 'refunded' }));
  complete(404, 'lesson_not_found', (w) => completed(w, {}, { lessonId: randomUUID() }), {
    condition: 'no lesson',
  });
  complete(
    404,
    'lesson_not_found',
    async (w) => completed(w, {}, { lessonId: (await lesson(w, await course(w), 1)).id }),
    { condition: 'of another course' },
  );
  complete(200, null, (w) => completed(w, {}), {
    condition: 'are left',
    says: '"completed":false',
  });
  complete(200, null, (w) => completed(w, {}, { done: 1 }), {
    condition: 'the last lesson',
    says: '"completed":true',
  });
  key.visit(route, 'again', (w) => completed(w, { status: 'completed' }, { done: 2 }));
}

{
  const route = 'POST /api/enrollments/:id/refund';
  malformed(route);
  const refund = signedIn(route);
  badId(route, { id: '7' });
  own(route);
  const refunded = async (w: World, row: Row, done = 1) => {
    const { me, enrollment: mine } = await enrolled(w, row, { done });
    return call(w, me, { params: { id: mine.id } });
  };
  refund(409, 'not_active', (w) => refunded(w, { status: 'completed' }));
  key.visit(route, 'of a refunded one', (w) => refunded(w, { status: 'refunded' }));
  refund(422, 'refund_too_late', (w) => refunded(w, { created_at: ago(15) }));
  refund(422, 'too_far', (w) => refunded(w, {}, 2));
  refund(200, null, (w) => refunded(w, {}));
}

{
  const route = 'POST /api/enrollments/:id/certificate';
  malformed(route);
  const certify = signedIn(route);
  badId(route, { id: '7' });
  own(route);
  const certified = async (w: World, row: Row, existing = false) => {
    const { me, enrollment: mine } = await enrolled(w, row);
    if (existing) {
      const id = randomUUID();
      await w.insert('certificates', { id, enrollment_id: mine.id, serial: id });
    }
    return call(w, me, { params: { id: mine.id } });
  };
  certify(409, 'not_completed', (w) => certified(w, {}));
  certify(409, 'certificate_exists', (w) => certified(w, { status: 'completed' }, true));
  certify(201, null, (w) => certified(w, { status: 'completed' }));
}

{
  const route = 'DELETE /api/reviews/:id';
  malformed(route);
  const remove = signedIn(route);
  badId(route, { id: '7' });
  const removed = async (w: World, who: Person, author: Row) => {
    const id = randomUUID();
    const of = { course_id: (await course(w)).id, user_id: author.id };
    await w.insert('reviews', { id, rating: 3, ...of });
    return call(w, who, { params: { id } });
  };
  remove(404, 'record_not_found', async (w) => call(w, await person(w)), {
    condition: 'no review',
  });
  remove(404, 'record_not_found', async (w) => removed(w, await person(w), await user(w)), {
    condition: 'somebody else’s',
  });
  remove(204, null, async (w) => {
    const me = await person(w);
    return removed(w, me, me);
  });
  key.visit(route, 'by an admin', async (w) => removed(w, await admin(w), await user(w)));
}

{
  const route = 'POST /api/admin/courses/:slug/publication';
  malformed(route);
  const publish = signedIn(route);
  publish(403, 'forbidden', async (w) => call(w, await person(w, { role: 'instructor' })));
  const published = async (w: World, row: Row) =>
    call(w, await admin(w), { params: { slug: (await course(w, row)).slug } });
  publish(404, 'record_not_found', async (w) => call(w, await admin(w)));
  publish(409, 'not_in_review', (w) => published(w, { status: 'draft' }));
  publish(409, 'instructor_suspended', async (w) =>
    published(w, {
      status: 'in_review',
      instructor_id: (await user(w, { suspended_at: ago(1) })).id,
    }),
  );
  publish(200, null, (w) => published(w, { status: 'in_review' }));
}

{
  const route = 'PATCH /api/admin/users/:id/suspension';
  malformed(route);
  const suspend = signedIn(route);
  suspend(403, 'forbidden', async (w) => call(w, await person(w, { role: 'instructor' })));
  badId(route, { id: '7' }, admin);
  badBody(route, admin);
  const suspended = async (w: World, row: Row, value = true) =>
    call(w, await admin(w), {
      params: { id: (await person(w, row)).id },
      body: { suspended: value },
    });
  suspend(404, 'user_not_found', async (w) =>
    call(w, await admin(w), { body: { suspended: true } }),
  );
  suspend(403, 'admin_protected', (w) => suspended(w, { role: 'admin' }));
  suspend(200, null, (w) => suspended(w, {}));
  key.visit(route, 'to lift it', (w) => suspended(w, { suspended_at: ago(1) }, false));
}

key.confirm({
  ready: '/healthz',
  codeOf: (body) => body.error?.code,
  untaken: {
    'no route leads there': [
      "src/middleware/error-handler.ts: function () => { throw new NotFoundError('route'); }",
    ],
    'no request makes the app or its database fail': [
      "src/middleware/error-handler.ts: no else error.type === 'entity.parse.failed'",
      'src/middleware/error-handler.ts: then return next(error);',
    ],
    'the row breaks no other constraint': [
      'src/routes/auth.ts: no else isUniqueViolation(error)',
      'src/routes/courses.ts: no else isForeignKeyViolation(error) (2 times)',
      'src/routes/courses.ts: no else isUniqueViolation(error)',
      'src/routes/enrollments.ts: no else isUniqueViolation(error)',
      'src/routes/lessons.ts: no else isUniqueViolation(error)',
    ],
    'the sum is null only without a lesson, which has been refused': [
      'src/routes/courses.ts: ?? _sum.minutes ?? 0',
    ],
    'it is for the process, not for a request': [
      'src/server.ts: ?? process.env.PORT ?? 3000',
      'src/server.ts: function () => { server.close(); void prisma.$disconnect(); }',
    ],
  },
});
