import { expect, test } from 'vitest';
import { toldEndings } from '../../setup/told-endings.ts';

const MANIFEST = JSON.stringify({
  name: 'app',
  dependencies: { next: '16', 'next-safe-action': '8', zod: '4', 'drizzle-orm': '0.45' },
});

const HARBOUR = {
  'package.json': MANIFEST,
  'schema.ts': `
    import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
    export const users = pgTable('users', { id: uuid().primaryKey(), token: text().notNull(), role: text().notNull() });
    export const boats = pgTable('boats', { id: uuid().primaryKey(), name: text().notNull() });`,
  'db.ts': `
    import { drizzle } from 'drizzle-orm/node-postgres';
    export const db = drizzle(process.env.DATABASE_URL!);`,
  'client.ts': `
    import { createMiddleware, createSafeActionClient } from 'next-safe-action';
    import { cookies } from 'next/headers';
    import { eq } from 'drizzle-orm';
    import { db } from './db';
    import { users } from './schema';
    class Refusal extends Error { constructor(code) { super(code); this.code = code; } }
    const open = createSafeActionClient({
      handleServerError: (error) => (error instanceof Refusal ? error.code : 'failed'),
    });
    export const signedIn = open.use(async ({ next }) => {
      const token = (await cookies()).get('session')?.value;
      const [user] = await db.select().from(users).where(eq(users.token, token));
      if (!user) throw new Refusal('signed_out');
      return next({ ctx: { user } });
    });
    const harbourMaster = createMiddleware().define(async ({ next, ctx }) => {
      if (ctx.user.role !== 'master') throw new Refusal('not_master');
      return next();
    });
    export const master = signedIn.use(harbourMaster);`,
  'app/actions.ts': `
    'use server';
    import { z } from 'zod';
    import { eq } from 'drizzle-orm';
    import { redirect } from 'next/navigation';
    import { master } from '../client';
    import { db } from '../db';
    import { boats } from '../schema';
    export const rename = master
      .metadata({ name: 'rename' })
      .inputSchema(z.object({ id: z.uuid(), name: z.string().min(1) }))
      .action(async ({ parsedInput, ctx }) => {
        const [boat] = await db.select().from(boats).where(eq(boats.id, parsedInput.id));
        if (!boat) redirect('/boats');
        return { renamed: boat.id, by: ctx.user.id };
      });`,
  'app/page.tsx': `
    'use client';
    import { rename } from './actions';
    export default function Page() { return <button onClick={() => rename({})}>Rename</button>; }`,
};

test('an action of a client runs behind its middleware, and its errors are answers', () => {
  const found = toldEndings(HARBOUR).filter((each) => each.startsWith('ACTION'));
  expect(found).toEqual([
    'ACTION / rename › respond 200 signed_out: absent user',
    'ACTION / rename › respond 200: authenticated, role, valid body.input, exists boat',
    'ACTION / rename › respond 200 not_master: authenticated, role',
    'ACTION / rename › redirect 303 /boats: authenticated, role, valid body.input, absent boat',
    'ACTION / rename › respond 200: authenticated, role, invalid body.input',
  ]);
});

test('an action answers with errors of its own, and with the server’s for what was bound to it', () => {
  const work = `master
      .inputSchema(z.object({ name: z.string() }))
      .bindArgsSchemas([z.uuid()])
      .action(async ({ parsedInput, bindArgsParsedInputs: [id] }) => {
        const [boat] = await db.select().from(boats).where(eq(boats.id, id));
        if (boat) returnValidationErrors(z.object({}), { name: { _errors: ['taken'] } });
        return { id };
      });`;
  const [imports] = HARBOUR['app/actions.ts'].split('master\n');
  const found = toldEndings({
    ...HARBOUR,
    'app/actions.ts': `${imports}${work}
      import { returnValidationErrors } from 'next-safe-action';`,
  });
  expect(found.filter((each) => each.startsWith('ACTION'))).toEqual([
    'ACTION / rename › respond 200 signed_out: absent user',
    'ACTION / rename › respond 200 not_master: authenticated, role',
    'ACTION / rename › respond 200: authenticated, role, valid body.input, valid body.bound.0, absent boat',
    'ACTION / rename › respond 200 failed: authenticated, role, valid body.input, invalid body.bound.0',
    'ACTION / rename › respond 200: authenticated, role, valid body.input, valid body.bound.0, exists boat',
    'ACTION / rename › respond 200: authenticated, role, invalid body.input',
  ]);
});
