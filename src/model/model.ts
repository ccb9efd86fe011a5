import * as z from 'zod';
import { Condition, Place, Term } from '../condition/condition.ts';
import { Table } from '../db/db.ts';
import { Finding } from '../kernel/finding.ts';

/**
 * A read of the database on the way through a handler, as a symbolic row (`many: false`) or set of
 * rows. Its `id` is what `Term.column.row` and `exists.query` name: the table's singular-ish name,
 * numbered from the second on (`order`, `order#2`), in the order of reading. In `where`, the row's own
 * columns carry this id; columns of a joined table carry the join's id.
 */
export const Query = z.object({
  id: z.string(),
  table: z.string(),
  many: z.boolean(),
  where: z.array(Condition),
  joins: z.array(
    z.object({ id: z.string(), table: z.string(), inner: z.boolean(), on: z.array(Condition) }),
  ),
  /** The rows are a filtered subset of another query's rows (`items.filter(…)`). */
  of: z.string().nullable(),
  limit: Term.nullable(),
  offset: Term.nullable(),
  at: Place,
});
export type Query = Readonly<z.infer<typeof Query>>;

/** A write; `id` names the inserted or updated row in terms that use its RETURNING. */
export const Write = z.object({
  id: z.string(),
  kind: z.enum(['insert', 'update', 'delete']),
  table: z.string(),
  set: z.record(z.string(), Term),
  where: z.array(Condition),
  /** Of an insert that updates the row it comes upon: the read that finds one. */
  comesUpon: z.string().optional(),
  at: Place,
});
export type Write = Readonly<z.infer<typeof Write>>;

/**
 * One side of a branch that ends nothing itself, but changes what is written, read or answered on the way to an ending:
 * these hold beside the ending's own conditions.
 */
export const Case = z.object({
  id: z.string(),
  when: z.array(Condition),
  /** Rows that only these conditions speak of: those that a write finds. */
  rows: z.array(Query),
  /** The ending's reads and writes that do not run in this case. */
  without: z.array(z.string()),
  /** What the answer says in this case alone. */
  body: z.array(z.object({ path: z.array(z.string()), value: Term })),
});
export type Case = Readonly<z.infer<typeof Case>>;

/** One way a handler can end. `code` is the machine code in the body, `text` what a page shows. */
export const Outcome = z.object({
  id: z.string(),
  kind: z.enum(['respond', 'redirect', 'throw', 'render']),
  status: z.number().int().nullable(),
  code: z.string().nullable(),
  error: z.string().nullable(),
  message: z.string().nullable(),
  location: Term.nullable(),
  body: z.array(z.object({ path: z.array(z.string()), value: Term })),
  text: z.array(z.string()),
  /** Its text is put on screen by a browser alone: the answer as sent does not hold it. */
  inBrowser: z.boolean().optional(),
  /** All of these lead here: the conditions of enclosing blocks and the negations of earlier exits. */
  when: z.array(Condition),
  /** The reads that have run when it ends here. */
  reads: z.array(z.string()),
  /** The writes that have run when it ends here. */
  writes: z.array(z.string()),
  /** Of a success: each side of the branches on the way to it, once, the inner ones within the outer; at most sixteen branches. */
  cases: z.array(Case).optional(),
  at: Place,
});
export type Outcome = Readonly<z.infer<typeof Outcome>>;

/** JSON Schemas of what a request may carry; null where nothing declares it. */
export const Input = z.object({
  params: z.json(),
  query: z.json(),
  headers: z.json(),
  cookies: z.json(),
  body: z.json(),
});
export type Input = Readonly<z.infer<typeof Input>>;

/**
 * A function of the server that a page calls: where it stands and what it is called with, in order. `form` are the
 * fields of a form (the request's body), `state` what the form was shown with, the others a field of the body or a
 * segment of the path, counted from 0.
 */
export const ServerAction = z.strictObject({
  /** Whose protocol it is called by; Next.js's where nothing is said. */
  by: z.literal('tanstack-start').optional(),
  file: z.string(),
  name: z.string(),
  arguments: z.array(
    z.union([
      z.enum(['form', 'state']),
      z.strictObject({ body: z.string() }),
      z.strictObject({ segment: z.number().int() }),
    ]),
  ),
});
export type ServerAction = Readonly<z.infer<typeof ServerAction>>;

export const Route = z.object({
  id: z.string(),
  method: z.string(),
  path: z.string(),
  kind: z.enum(['http', 'page', 'action', 'procedure']),
  /** What is called instead of the page at the path. */
  action: ServerAction.optional(),
  at: Place,
  input: Input,
  guards: z.array(z.object({ name: z.string(), at: Place })),
  reads: z.array(Query),
  writes: z.array(Write),
  /** Tables a successful request inserts into. */
  creates: z.array(z.string()),
  outcomes: z.array(Outcome),
});
export type Route = Readonly<z.infer<typeof Route>>;

export const Field = z.object({
  name: z.string(),
  label: z.string().nullable(),
  type: z.string(),
  required: z.boolean(),
});

export const Component = z.object({
  name: z.string(),
  at: Place,
  renders: z.array(z.string()),
  fields: z.array(Field),
  buttons: z.array(z.string()),
  text: z.array(z.string()),
  calls: z.array(
    z.object({ route: z.string().nullable(), method: z.string(), path: z.string(), at: Place }),
  ),
});
export type Component = Readonly<z.infer<typeof Component>>;

/**
 * A page a person can open: a route whose outcomes are what it shows. For a client page these are
 * derived from the outcomes of the routes it calls, so their conditions are on rows as well.
 */
export const Page = Route.extend({
  rendered: z.enum(['server', 'client']),
  components: z.array(z.string()),
  calls: z.array(z.string()),
});
export type Page = Readonly<z.infer<typeof Page>>;

const Plain = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/**
 * A token the app takes for its own, made with the secret that a variable of its environment holds. A claim (by its
 * dotted path) is a column of the actor's row or a plain value.
 */
export const Mint = z.strictObject({
  kind: z.enum(['jwt', 'iron-session', 'authjs']),
  secret: z.string(),
  algorithm: z.enum(['HS256', 'HS384', 'HS512']),
  claims: z.record(
    z.string(),
    z.union([z.strictObject({ column: z.string() }), z.strictObject({ value: Plain })]),
  ),
});
export type Mint = Readonly<z.infer<typeof Mint>>;

/** How requests say who they come from, and which routes make and admit a user. */
export const Auth = z.object({
  carrier: z.object({ from: z.enum(['cookies', 'headers']), name: z.string() }),
  /** The table looked up by the carried token, and the column it is compared with. */
  session: z.object({ table: z.string(), column: z.string() }).nullable(),
  /** The table of the acting user. */
  actor: z.string(),
  /** `fields` maps a body path (dotted) to the actor's column, `password` is the body path of the secret. */
  signIn: z
    .object({ route: z.string(), fields: z.record(z.string(), z.string()), password: z.string() })
    .nullable(),
  signUp: z
    .object({ route: z.string(), fields: z.record(z.string(), z.string()), password: z.string() })
    .nullable(),
  /** The column that holds the password's hash: set by the app alone. */
  passwordColumn: z.string().nullable(),
  /** What a request carries where no route of the app makes somebody known. */
  mint: Mint.optional(),
  /** The user's config signs people in, or a minted token does; what the app's own routes would do for that is not asked for. */
  handed: z.boolean().default(false),
});
export type Auth = Readonly<z.infer<typeof Auth>>;

/** Whether a part of a request is the cookie or header that says who it comes from. Names of headers have no case. */
export function isCarrier(
  { from, name }: Auth['carrier'],
  part: { readonly from: string; readonly path: readonly string[] },
): boolean {
  return part.from === from && part.path[0]?.toLowerCase() === name.toLowerCase();
}

/** Rows that migrations put into a table, as far as their SQL says what is in them. */
export const Seeded = z.object({
  table: z.string(),
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
});
export type Seeded = Readonly<z.infer<typeof Seeded>>;

/** One deployable application. */
export const App = z.object({
  name: z.string(),
  root: z.string(),
  frameworks: z.array(z.string()),
  orms: z.array(z.string()),
  routes: z.array(Route),
  pages: z.array(Page),
  components: z.array(Component),
  tables: z.array(Table),
  seeded: z.array(Seeded).optional(),
  auth: Auth.nullable(),
  /** The JSON Schema of the variables of the environment, as far as the app checks them. */
  variables: z.record(z.string(), z.unknown()).nullable().default(null),
});
export type App = Readonly<z.infer<typeof App>>;

export const Model = z.object({
  version: z.literal(1),
  repo: z.object({ name: z.string(), commit: z.string().nullable(), files: z.number().int() }),
  apps: z.array(App),
  findings: z.array(Finding),
});
export type Model = Readonly<z.infer<typeof Model>>;

/** `POST /checkout`, prefixed with the app's name where a repo has several. */
export function routeId(method: string, path: string, app: string | null): string {
  return `${app ? `${app}: ` : ''}${method} ${path}`;
}

/** The route or page of that id, with the app it belongs to. */
export function findRoute(model: Model, id: string): { app: App; route: Route | Page } | undefined {
  for (const app of model.apps) {
    const route = [...app.routes, ...app.pages].find((candidate) => candidate.id === id);
    if (route) return { app, route };
  }
  return undefined;
}

/** The claims that every token of the app makes and that are never false: those of columns that are always filled. */
export function sureClaims({ mint, actor }: Auth, tables: Iterable<Table>): string[] {
  if (mint?.kind !== 'jwt') return [];
  const table = [...tables].find(({ id }) => id === actor);
  return Object.entries(mint.claims).flatMap(([path, claim]) => {
    if ('value' in claim) return [];
    const column = table?.columns.find(({ name }) => name === claim.column);
    return column && !column.nullable && !/^bool/.test(column.type) ? [path] : [];
  });
}
