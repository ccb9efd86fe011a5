import { expect, test } from 'vitest';
import { outcomes, reads, termText, trace, traceAll } from '../../setup/trace.ts';

const ENTITIES = `
import { Column, CreateDateColumn, DeleteDateColumn, Entity, JoinColumn, ManyToOne, OneToMany, OneToOne, PrimaryGeneratedColumn, Unique } from 'typeorm';
export enum Role { User = 'user', Admin = 'admin' }
abstract class Dated {
  @CreateDateColumn() createdAt: Date;
  @DeleteDateColumn() deletedAt: Date | null;
}
@Entity('users')
export class User extends Dated {
  @PrimaryGeneratedColumn('uuid') id: string;
  @Column({ unique: true }) email: string;
  @Column({ type: 'enum', enum: Role, default: Role.User }) role: Role;
  @OneToMany(() => Post, (post) => post.author) posts: Post[];
}
@Entity()
@Unique(['author', 'title'])
export class Post {
  @PrimaryGeneratedColumn() id: number;
  @Column({ length: 80 }) title: string;
  @Column({ default: 0 }) views: number;
  @ManyToOne(() => User, (user) => user.posts, { nullable: false, onDelete: 'CASCADE' }) @JoinColumn({ name: 'author_id' }) author: User;
}
`;

const HEAD = `
import { Hono } from 'hono';
import { DataSource, In, ILike, IsNull, MoreThan, Not, QueryFailedError, Repository, EntityNotFoundError } from 'typeorm';
import { User, Post, Role } from './entities';
const source = new DataSource({ type: 'postgres', entities: [User, Post] });
class Posts {
  constructor(private readonly posts: Repository<Post>, private readonly users: Repository<User>) {}
  find(id: number) { return this.posts.findOne({ where: { id }, relations: { author: true } }); }
}
const posts = source.getRepository(Post);
const users = source.getRepository(User);
const app = new Hono();
`;

const app = (body: string, before = '') => ({
  'entities.ts': ENTITIES,
  'app.ts': `${HEAD}${before}\napp.post('/posts/:id', async (c) => {${body}});\nexport default app;`,
});

const traced = (body: string, before = '') => trace(app(body, before), 'POST /posts/:id');

test('reads find options, operators, relations and soft deletion', () => {
  const found = traced(
    `
    const post = await new Posts().find(Number(c.req.param('id')));
    if (!post) return c.json({ error: 'no_post' }, 404);
    const list = await posts.find({ where: [{ title: ILike('%x%'), views: MoreThan(3) }, { author: { role: Not('admin') } }], take: 5 });
    const other = await users.findOneBy({ email: c.req.query('email'), role: In(['user', 'admin']) });
    if (await posts.existsBy({ views: Not(IsNull()) })) return c.json({ by: post.author.email });
    return c.json({ list, other }, 201);`,
    '',
  );
  expect(reads(found)).toEqual([
    'post: post.id = params.id',
    'user: user.id = post.author_id & user.deletedAt = null',
    'post#2*: (lower(post#2.title) like "%x%" & post#2.views > 3 | exists user#2)',
    'user#2*: user#2.id = post#2.author_id & user#2.role != "admin"',
    'user#3: user#3.email = query.email & user#3.role in ("user", "admin") & user#3.deletedAt = null',
    'post#3: post#3.views != null',
  ]);
  expect(outcomes(found).map((each) => each.replace(/:.*/, ''))).toEqual([
    'no_post 404',
    '200 200',
    '201~user#3 201',
    '201~no-user#3 201',
  ]);
});

test('writes what repositories and managers save, change and remove', () => {
  const found = traced(`
    const post = await posts.findOneByOrFail({ id: Number(c.req.param('id')) });
    try {
      const user = await source.transaction(async (manager) => {
        const made = manager.create(User, { email: c.req.query('email') });
        return manager.save(User, made);
      });
      await posts.insert({ title: 'first', author: user });
      await posts.increment({ id: post.id }, 'views', 1);
      const { affected } = await users.softDelete({ email: c.req.query('old') });
      if (!affected) return c.json({ error: 'no_user' }, 404);
      await posts.delete(post.id);
      return c.body(null, 204);
    } catch (error) {
      if (error instanceof QueryFailedError && error.driverError.code === '23505') return c.json({ error: 'taken' }, 409);
      throw error;
    }`);
  expect(
    found.writes.map(({ id, kind, set }) => [id, kind, ...Object.values(set).map(termText)]),
  ).toEqual([
    ['user', 'insert', 'query.email'],
    ['post#2', 'insert', '"first"', 'user.id'],
    ['post#3', 'update', '(post#3.views + 1)'],
    ['user#2', 'update', 'now'],
    ['post#4', 'delete'],
  ]);
  expect(outcomes(found).map((each) => each.replace(/:.*/, ''))).toEqual([
    'EntityNotFoundError 500',
    'no_user 404',
    '204 204',
    'taken 409',
  ]);
});

test('follows query builders with joins and parameters', () => {
  const found = traced(`
    const post = await posts.createQueryBuilder('post')
      .leftJoinAndSelect('post.author', 'author')
      .where('post.id = :id', { id: c.req.param('id') })
      .andWhere('(author.role = :role OR post.views > 10)', { role: 'admin' })
      .getOne();
    if (!post) return c.json({ error: 'none' }, 404);
    const total = await users.createQueryBuilder('u').where('u.email IN (:...mails)', { mails: ['a', 'b'] }).getCount();
    return total > 1 ? c.json({ by: post.author.email }) : c.json({ error: 'few' }, 409);`);
  expect(reads(found)).toEqual([
    'post left join user on user.id = post.author_id: post.id = params.id & (user.role = "admin" | post.views > 10)',
    'user#2*: user#2.email in ("a", "b") & user#2.deletedAt = null',
  ]);
});

test('relations of several rows that are joined are lists, with what is said of them', () => {
  const found = traced(`
    const user = await users.createQueryBuilder('user')
      .leftJoinAndSelect('user.posts', 'post', 'post.author_id = user.id AND post.views > 3')
      .where('user.id = :id', { id: c.req.param('id') })
      .getOne();
    if (!user) return c.json({ error: 'none' }, 404);
    const own = user.posts.find((post) => post.title === c.req.query('title'));
    return own ? c.json({}, 200) : c.json({ error: 'untitled' }, 403);`);
  expect(reads(found).slice(1)).toEqual([
    'post#2*: post#2.author_id = user.id & post#2.views > 3',
    'post#3 < post#2: post#3.title = query.title',
  ]);
  expect(outcomes(found)).toEqual([
    'none 404: absent user',
    '200 200: exists user & exists post#3',
    'untitled 403: exists user & absent post#3',
  ]);
});

test('query builders join entities, and tables by their names', () => {
  const found = traced(`
    const post = await posts.createQueryBuilder('post')
      .innerJoin(User, 'author', 'author.id = post.author_id')
      .leftJoin('users', 'admin', 'admin.role = :role', { role: 'admin' })
      .where('author.email = :email', { email: c.req.query('email') })
      .getOne();
    return post ? c.json({}, 200) : c.json({ error: 'none' }, 404);`);
  expect(reads(found)).toEqual([
    'post join user on user.id = post.author_id left join user#2 on user#2.role = "admin": user.email = query.email',
  ]);
});

test('what code sets on a loaded entity is what `save` updates, on either way', () => {
  const found = traced(`
    const post = await posts.findOneBy({ id: Number(c.req.param('id')) });
    if (!post) return c.json({ error: 'no_post' }, 404);
    if (c.req.query('title')) post.title = c.req.query('title');
    post.views += 1;
    if (post.views > 9) return c.json({ error: 'seen' }, 409);
    await posts.save(post);
    await posts.save(posts.merge(post, { title: 'merged' }));
    await posts.save(Object.assign(post, { views: 0 }));
    return c.json({}, 200);`);
  expect(outcomes(found)[1]).toBe('seen 409: exists post & (post.views + 1) > 9');
  expect(
    found.writes.map(({ kind, set }) => [
      kind,
      Object.entries(set).map(([k, v]) => `${k} ${termText(v)}`),
    ]),
  ).toEqual([
    [
      'update',
      ['title (present query.title ? query.title : post.title)', 'views (post.views + 1)'],
    ],
    ['update', ['title "merged"', 'views (post.views + 1)']],
    ['update', ['title "merged"', 'views 0']],
  ]);
});

test('rows have the getters and methods of their entity', () => {
  const found = trace(
    {
      'entities.ts': `
        import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
        @Entity() export class Ticket {
          @PrimaryGeneratedColumn() id: number;
          @Column() state: string;
          @Column({ type: 'timestamptz', nullable: true }) until: Date | null;
          get isOpen() { return this.state === 'open'; }
          endsAfter(when: Date) { return this.until !== null && this.until > when; }
        }`,
      'app.ts': `
        import { Hono } from 'hono';
        import { DataSource } from 'typeorm';
        import { Ticket } from './entities';
        const tickets = new DataSource({}).getRepository(Ticket);
        const app = new Hono();
        app.get('/', async (c) => {
          const ticket = await tickets.findOneByOrFail({ id: 1 });
          if (!ticket.isOpen) return c.json({ error: 'shut' }, 409);
          if (!ticket.endsAfter(new Date())) return c.json({ error: 'over' }, 410);
          const fresh = tickets.create({ state: 'open' });
          return fresh.isOpen ? c.json({}) : c.json({ error: 'never' }, 500);
        });
        export default app;`,
    },
    'GET /',
  );
  expect(outcomes(found)).toEqual([
    'EntityNotFoundError 500: absent ticket',
    'shut 409: exists ticket & ticket.state != "open"',
    'over 410: exists ticket & ticket.state = "open" & (ticket.until = null | ticket.until <= now)',
    '200 200: exists ticket & ticket.state = "open" & ticket.until != null & ticket.until > now',
  ]);
});

test('a query builder changes in place, also on one way alone', () => {
  const found = traced(`
    const query = posts.createQueryBuilder('post').where('post.id = :id', { id: c.req.param('id') });
    if (c.req.query('popular')) query.andWhere('post.views > :least', { least: 9 });
    const post = await query.getOne();
    return post ? c.json({}) : c.json({ error: 'none' }, 404);`);
  expect(reads(found)).toEqual([
    'post: post.id = params.id & (post.views > 9 | missing query.popular)',
  ]);
});

test('managers save entities by what they are, and repositories reckon over rows', () => {
  const found = traced(`
    const most = await posts.maximum('views', { title: 'a' });
    if (most > 100) return c.json({ error: 'many' }, 409);
    await source.transaction(async (manager) => {
      const user = await manager.findOneByOrFail(User, { email: 'a@b.c' });
      user.role = Role.Admin;
      await manager.save(user);
      await manager.save(manager.create(Post, { title: 'new', author: user }));
    });
    return c.json({}, 201);`);
  expect(outcomes(found)[0]).toBe('many 409: max(post, post.views) > 100');
  expect(
    found.writes.map(({ id, kind, set }) => [id, kind, ...Object.values(set).map(termText)]),
  ).toEqual([
    ['user#2', 'update', '"admin"'],
    ['post#2', 'insert', '"new"', 'user.id'],
  ]);
});

test('entities that are their own repositories', () => {
  const found = trace(
    {
      'entities.ts': `
        import { BaseEntity, Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
        export class Kept extends BaseEntity {
          @PrimaryGeneratedColumn() id: number;
          static async byId<T extends Kept>(this: new () => T, id: number) {
            return (this as any).findOneOrFail({ where: { id } });
          }
          static increment(where: object, property: string, value: number) {
            return this.getRepository().increment(where, property, value);
          }
        }
        @Entity('boats')
        export class Boat extends Kept {
          @Column() name: string;
          @Column() trips: number;
        }`,
      'app.ts': `
        import { Hono } from 'hono';
        import { Boat } from './entities';
        const app = new Hono();
        app.post('/boats/:id', async (c) => {
          if (await Boat.findOne({ where: { name: c.req.query('name') } })) return c.json({ error: 'taken' }, 409);
          const boat = await Boat.byId(1);
          boat.name = c.req.query('name');
          await boat.save();
          await Boat.increment({ id: 1 }, 'trips', 1);
          await Boat.create({ name: 'new' }).save();
          await boat.remove();
          return c.json({});
        });
        export default app;`,
    },
    'POST /boats/:id',
  );
  expect(outcomes(found)).toEqual([
    'taken 409: exists boat',
    'EntityNotFoundError 500: absent boat & absent boat#2',
    '200 200: absent boat & exists boat#2',
  ]);
  expect(found.writes.map(({ id, kind }) => `${kind} ${id}`)).toEqual([
    'update boat#3',
    'update boat#4',
    'insert boat#5',
    'delete boat#6',
  ]);
});

test('a text of the request is no bigint unless it is digits', () => {
  const found = traceAll(
    {
      'app.ts': `
        import { Hono } from 'hono';
        import { BaseEntity, Entity, PrimaryColumn } from 'typeorm';
        @Entity()
        export class Boat extends BaseEntity { @PrimaryColumn({ type: 'int8' }) id: string; }
        const app = new Hono();
        app.get('/boats/:id', async (c) => c.json(await Boat.findOneByOrFail({ id: c.req.param('id') })));
        export default app;`,
    },
    'GET /boats/:id',
  );
  expect(outcomes(found)).toEqual([
    '200 200: exists boat',
    'DatabaseError 500: params.id not matches "^-?[0-9]{1,18}$"',
    'EntityNotFoundError 500: absent boat',
  ]);
});

test('no fewer rows than none are taken', () => {
  const found = traceAll(
    app(
      `const { size } = z.object({ size: z.coerce.number() }).parse(c.req.query());
      return c.json(await posts.find({ take: size }));`,
      `import { z } from 'zod';`,
    ),
    'POST /posts/:id',
  );
  expect(outcomes(found)).toContain('DatabaseError 500: valid query & query.size < 0');
});
