import { expect, test } from 'vitest';
import { outcomes, reads, termText, trace } from '../../setup/trace.ts';

const SCHEMA = `
model User {
  id    String @id @default(uuid())
  email String @unique
  role  Role   @default(USER)
  posts Post[]
  @@map("users")
}
enum Role {
  USER
  ADMIN @map("admin")
}
model Post {
  id        Int      @id @default(autoincrement())
  title     String
  views     Int      @default(0)
  published Boolean  @default(false)
  authorId  String   @map("author_id")
  author    User     @relation(fields: [authorId], references: [id])
  comments  Comment[]
  @@unique([authorId, title])
}
model Comment {
  id     Int  @id @default(autoincrement())
  text   String
  post   Post @relation(fields: [postId], references: [id], onDelete: Cascade)
  postId Int
}
`;

const HEAD = `
import { Hono } from 'hono';
import { Prisma, PrismaClient } from './generated/prisma/client';
class Db extends PrismaClient { async onModuleInit() { await this.$connect(); } }
const prisma = new PrismaClient({ adapter: null });
const app = new Hono();
`;

const traced = (body: string, before = '') =>
  trace(
    {
      'prisma/schema.prisma': SCHEMA,
      'app.ts': `${HEAD}${before}\napp.post('/posts/:id', async (c) => {${body}});\nexport default app;`,
    },
    'POST /posts/:id',
  );

test('reads every operator of a where, relations included', () => {
  const found = traced(`
    const posts = await prisma.post.findMany({
      where: {
        OR: [{ title: { contains: c.req.query('q'), mode: 'insensitive' } }, { views: { gte: 5 } }],
        NOT: { published: false }, authorId: c.req.query('by') || undefined,
        author: { email: { endsWith: '@x.org' } }, comments: { some: { text: 'hi' }, none: { text: { in: ['a', 'b'] } } },
      },
      skip: 2, take: 10, orderBy: { id: 'asc' },
    });
    return c.json(posts);`);
  expect(reads(found)).toEqual([
    'post*: (lower(post.title) like lower(concat("%", query.q, "%")) | post.views >= 5) & post.published = true & (post.author_id = query.by | missing query.by) & exists user & exists comment & absent comment#2',
    'user*: user.id = post.author_id & user.email like "%@x.org"',
    'comment*: comment.postId = post.id & comment.text = "hi"',
    'comment#2*: comment#2.postId = post.id & comment#2.text in ("a", "b")',
  ]);
});

test('loads what include and select ask for and nothing else', () => {
  const found = traced(`
    const post = await prisma.post.findUnique({
      where: { id: Number(c.req.param('id')) },
      include: { author: true, _count: { select: { comments: true } } } });
    if (!post) return c.json({ error: 'no_post' }, 404);
    if (post._count.comments > 3) return c.json({ error: 'busy' }, 409);
    if (post.comments) return c.json({ error: 'never' }, 400);
    return c.json({ by: post.author.email });`);
  expect(reads(found)).toEqual([
    'post: post.id = params.id',
    'user: user.id = post.author_id',
    'comment*: comment.postId = post.id',
  ]);
  expect(outcomes(found)).toEqual([
    'no_post 404: absent post',
    'busy 409: exists post & count(comment) > 3',
    '200 200: exists post & count(comment) <= 3',
  ]);
});

test('raises what …OrThrow, update and unique keys raise, by code', () => {
  const found = traced(
    `
    try {
      const user = await db.user.findUniqueOrThrow({ where: { email: c.req.query('email') } });
      const post = await db.post.update({ where: { authorId_title: { authorId: user.id, title: 'x' } }, data: { views: { increment: 1 } } });
      await db.user.create({ data: { email: c.req.query('to'), posts: { create: [{ title: 'first' }] } } });
      return c.json({ views: post.id }, 201);
    } catch (error) {
      if (error instanceof Prisma.PrismaClientKnownRequestError) {
        if (error.code === 'P2025') return c.json({ error: 'not_found' }, 404);
        if (error.code === 'P2002' && error.meta?.target?.includes('email')) return c.json({ error: 'email_taken' }, 409);
      }
      throw error;
    }`,
    'const db = new Db();',
  );
  expect(reads(found)).toEqual([
    'user: user.email = query.email',
    'post: post.author_id = user.id & post.title = "x"',
  ]);
  expect(
    found.writes.map(({ id, kind, set }) => [id, kind, ...Object.values(set).map(termText)]),
  ).toEqual([
    ['post#2', 'update', '(post#2.views + 1)'],
    ['user#2', 'insert', 'query.to'],
    ['post#3', 'insert', '"first"', 'user#2.id'],
  ]);
  expect(outcomes(found).map((each) => each.replace(/:.*/, ''))).toEqual([
    '201 201',
    'not_found 404',
    'email_taken 409',
  ]);
});

test('follows transactions, upserts, counts, bulk writes and raw SQL', () => {
  const found = traced(`
    const [n, sum] = await prisma.$transaction([
      prisma.post.count({ where: { published: true } }), prisma.post.aggregate({ _sum: { views: true }, where: { authorId: 'a' } })]);
    if (n === 0) return c.json({ error: 'nothing' }, 404);
    if (sum._sum.views > 100) return c.json({ error: 'popular' }, 409);
    const gone = await prisma.$transaction(async (tx) => {
      await tx.user.upsert({ where: { email: 'a@b.c' }, create: { email: 'a@b.c' }, update: { role: 'ADMIN' } });
      return tx.comment.deleteMany({ where: { post: { id: Number(c.req.param('id')) } } });
    });
    if (gone.count === 0) return c.json({ error: 'no_comments' }, 404);
    const rows = await prisma.$queryRaw\`SELECT id FROM "Post" WHERE author_id = \${c.req.query('by')}\`;
    return rows.length ? c.json({}, 200) : c.json({ error: 'none_by' }, 404);`);
  expect(outcomes(found).map((each) => each.replace(/:.*/, ''))).toEqual([
    'nothing 404',
    'popular 409',
    'no_comments 404',
    '200 200',
    'none_by 404',
  ]);
  expect(reads(found).at(-1)).toBe('post#5*: post#5.author_id = query.by');
  expect(found.writes.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
    'user#2 update',
    'user#3 insert',
    'comment delete',
  ]);
});

test('speaks of an enum by the labels that rows hold, whatever the code calls them', () => {
  const found = traced(`
    const admin = await prisma.user.findFirst({ where: { role: { in: ['ADMIN', 'USER'] } } });
    if (!admin) return c.json({ error: 'nobody' }, 404);
    if (admin.role === 'ADMIN') return c.json({ error: 'admin', role: admin.role }, 409);
    await prisma.user.create({ data: { email: 'a@b.c', role: 'ADMIN' } });
    return c.json({});
  `);
  expect(reads(found)).toEqual(['user: user.role in ("admin", "USER")']);
  expect(outcomes(found)).toEqual([
    'nobody 404: absent user',
    'admin 409: exists user & user.role = "admin"',
    '200 200: exists user & user.role != "admin"',
  ]);
  expect(found.writes[0]?.set['role']).toEqual({ kind: 'literal', value: 'admin' });
  expect(found.outcomes[1]?.body.map(({ path }) => path)).toEqual([['error']]);
});

const kept = (client: string) =>
  trace(
    {
      'prisma/schema.prisma': SCHEMA,
      'db.ts': `import { PrismaClient } from './generated/prisma/client';\n${client}`,
      'app.ts': `import { Hono } from 'hono';
        import { prisma } from './db';
        const app = new Hono();
        app.get('/posts/:id', async (c) => {
          const post = await prisma.post.findUnique({ where: { id: Number(c.req.param('id')) } });
          return post ? c.json(post) : c.json({ error: 'gone' }, 404);
        });
        export default app;`,
    },
    'GET /posts/:id',
  );

test.each([
  [
    'what globalThis keeps over reloads',
    `const globalForPrisma = globalThis as unknown as { prisma?: PrismaClient };
     export const prisma = globalForPrisma.prisma ?? new PrismaClient({ adapter: null });
     if (process.env.NODE_ENV !== 'production') globalForPrisma.prisma = prisma;`,
  ],
  [
    'a name on global',
    `declare global { var prisma: PrismaClient | undefined }
     export const prisma = global.prisma || new PrismaClient();
     global.prisma = prisma;`,
  ],
  [
    'a function that extends it where a variable says so',
    `const KEPT = Symbol('prisma');
     function make() {
       const base = new PrismaClient();
       if (!process.env.REPLICA_URL) { globalThis[KEPT] ??= base; return base; }
       const extended = base.$extends(readReplicas({ replicas: [new PrismaClient()] }));
       globalThis[KEPT] ??= extended;
       return extended;
     }
     export const prisma = (globalThis[KEPT] || make()) as ReturnType<typeof make>;`,
  ],
])('is the client that comes of %s', (_, client) => {
  const found = outcomes(kept(client));
  expect(found).toEqual(['200 200: exists post', 'gone 404: absent post']);
});

test('an enum of the client holds the labels of its schema', () => {
  const found = traced(
    `const user = await prisma.user.findUnique({ where: { id: c.req.param('id') } });
    if (user?.role !== Role.ADMIN) return c.body(null, 403);
    return c.body(null, 204);`,
    `import { Role } from '@prisma/client';`,
  );
  expect(outcomes(found)).toEqual([
    '403 403: (user.role != "admin" | absent user)',
    '204 204: user.role = "admin" & exists user',
  ]);
});

test('a row that was read with some of its columns gives no others to what is made of it', () => {
  const copied = (select: string) =>
    traced(`
      const post = await prisma.post.findFirst({ include: { comments: ${select} } });
      if (!post) return c.body(null, 404);
      await prisma.comment.createMany({ data: post.comments });
      return c.body(null, 201);`).writes.map(({ set }) => Object.keys(set).sort());
  expect(copied('true')).toEqual([['id', 'postId', 'text']]);
  expect(copied('{ select: { text: true, postId: true } }')).toEqual([['postId', 'text']]);
});

test('a value of another type than its column is refused before the database is asked', () => {
  const found = traced(`const { id, title, views } = await c.req.json();
    const post = await prisma.post.findUnique({ where: { id } });
    if (!post) return c.body(null, 404);
    await prisma.post.update({ where: { id }, data: { title, views } });
    return c.body(null, 204);`);
  const refused = outcomes(found).filter((each) => each.startsWith('PrismaClientValidation'));
  expect(refused.map((each) => each.split(' 500: ')[1])).toEqual([
    '(invalid body.id | missing body.id)',
    'exists post & (invalid body.title | invalid body.views)',
  ]);
});

test('a client behind a proxy, made when it is first asked for something, is the client', () => {
  const found = traced(
    `const post = await db.post.findFirst({ where: { id: Number(c.req.param('id')) } });
     if (!post) return c.json({}, 404);
     return db.$transaction(async (tx) => c.json({ by: await tx.user.count() }));`,
    `const globalFor = global as unknown as { prisma?: PrismaClient };
     function makeClient() {
       if (!process.env.DATABASE_URL) throw new Error('no database');
       return new PrismaClient({ adapter: null });
     }
     function getClient() { if (!globalFor.prisma) globalFor.prisma = makeClient(); return globalFor.prisma; }
     const db = new Proxy({} as PrismaClient, {
       get(_target, name, _receiver) {
         const client = getClient();
         const value = Reflect.get(client, name, client);
         return typeof value === 'function' ? value.bind(client) : value;
       },
     });`,
  );
  expect(outcomes(found)).toEqual(['404 404: absent post', '200 200: exists post']);
  expect(reads(found)).toContain('user*: ');
});

test('the row that a foreign key leads to is there; a nullable one, or one found by more, may not be', () => {
  const found = traced(`
    const post = await prisma.post.findUnique({ where: { id: Number(c.req.param('id')) } });
    if (!post) return c.json({ code: 'no_post' }, 404);
    const author = await prisma.user.findUnique({ where: { id: post.authorId } });
    if (!author) return c.json({ code: 'no_author' }, 404);
    const admin = await prisma.user.findFirst({ where: { id: post.authorId, role: 'ADMIN' } });
    if (!admin) return c.json({ code: 'no_admin' }, 403);
    return c.json({ author });
  `);
  expect(outcomes(found).map((each) => each.replace(/:.*/, ''))).toEqual([
    'no_post 404',
    'no_admin 403',
    '200 200',
  ]);
});

test('a key that is a part of a text may be nothing, which Prisma refuses', () => {
  const found = traced(`
    const header = c.req.header('authorization');
    if (!header) return c.json({ code: 'nobody' }, 401);
    const [, key] = header.split('_');
    try {
      const user = await prisma.user.findUnique({ where: { email: key } });
      return user ? c.json({ id: user.id }) : c.json({ code: 'unknown' }, 403);
    } catch {
      return c.json({ code: 'failed' }, 500);
    }
  `);
  expect(
    outcomes(found)
      .map((each) => each.replace(/:.*/, ''))
      .sort(),
  ).toEqual(['200 200', 'failed 500', 'nobody 401', 'unknown 403']);
});

test('rows of a table between lead both ends of a relation to each other', () => {
  const tagged = (body: string) =>
    trace(
      {
        'prisma/schema.prisma': `
          model Post {
            id       Int    @id
            authorId Int
            author   Author @relation("written", fields: [authorId], references: [id])
            fans     Author[] @relation("liked")
          }
          model Author {
            id    Int    @id
            posts Post[] @relation("written")
            likes Post[] @relation("liked")
          }`,
        'app.ts': `${HEAD}\napp.post('/posts/:id', async (c) => {${body}});\nexport default app;`,
      },
      'POST /posts/:id',
    );
  const liked = tagged(`
    const posts = await prisma.post.findMany({ where: { fans: { some: { id: 7 } } } });
    return c.json(posts);`);
  expect(reads(liked)).toEqual([
    'post*: exists author',
    'author*: exists _liked & author.id = 7',
    '_liked*: _liked.B = post.id & _liked.A = author.id',
  ]);
  const like = tagged(`
    try {
      await prisma.post.update({ where: { id: 3 }, data: { fans: { connect: { id: 7 } } } });
    } catch (error) {
      return c.json({ code: error.code }, 404);
    }
    return c.body(null, 204);`);
  expect(outcomes(like)).toEqual([
    'P2025 404: (absent post | absent author)',
    '204 204: exists post & exists author',
  ]);
  expect(like.writes.map(({ kind, table }) => `${kind} ${table}`)).toContain('insert _liked');
});

test('a row to lead to must be named: what a row that is not there has names none', () => {
  const found = traced(`
    const post = await prisma.post.findFirst({ where: { title: c.req.query('title') } });
    await prisma.comment.create({ data: { text: 'hi', post: { connect: { id: post?.id } } } });
    return c.body(null, 204);
  `);
  expect(outcomes(found)).toEqual([
    'PrismaClientValidationError 500: absent post',
    '204 204: exists post',
  ]);
});
