import type { InputPart, Place } from '../condition/condition.ts';
import type { Table } from '../db/db.ts';
import type { Finding } from '../kernel/finding.ts';
import type { ts } from '../kernel/syntax.ts';
import type { Program } from '../repo/repo.ts';
import type { ServerAction } from './model.ts';
import type { Exit, Machine } from './trace/machine.ts';
import type { ClassValue, Response, RowValue, SchemaValue, Value } from './trace/values.ts';

/** An expression to evaluate as a handler, middleware or error handler, where it stands. */
export interface Registered {
  readonly file: string;
  readonly expression: ts.Expression;
  /**
   * What a parameter or loop variable around the expression stood for when it was registered (inside a
   * factory, a loop over routes, a constructor), by the node that declares it, or that reads it of what a package made.
   */
  readonly bound?: (declaration: ts.Node) => Registered | undefined;
  /** What makes the object that `this` is, where there is one. */
  readonly self?: Registered;
  /** What must hold for it to be registered, as far as that is not known while the app is put together. */
  readonly under?: readonly Provided[];
}

/** A condition that the app decides as it starts. */
export interface Provided {
  readonly condition: Registered;
  readonly holds: boolean;
}

/** Schemas an endpoint's own registration declares (OpenAPI routes); checked right before the handler. */
export interface Declared {
  readonly parts: readonly { readonly from: InputPart; readonly schema: Registered }[];
  /** What answers when one of them refuses; null for the framework's own answer. */
  readonly onInvalid: Registered | null;
}

/** One endpoint as registered: everything that runs for it, in order, the handler last. */
export interface Endpoint {
  /** `http` where nothing is said. */
  readonly kind?: 'http' | 'page' | 'action' | 'procedure';
  /** Upper case; `ALL` where any method matches. */
  readonly method: string;
  /** Normalised: `/users/:id`, catch-all `/files/*path`. */
  readonly path: string;
  /** What tells it from others of the same method and path, where that is not all. */
  readonly name?: string;
  /** How it is called, for a function of the server that a page calls. */
  readonly action?: ServerAction;
  readonly chain: readonly Registered[];
  /** How many segments of the path each step of the chain is mounted under, where its framework takes them away for it. */
  readonly mounted?: readonly (number | null)[];
  /** Error handlers from the innermost router outwards. */
  readonly onError: readonly Registered[];
  /** How many of the chain's first steps each of `onError` hears of; of all where it isn't said. */
  readonly hears?: readonly number[];
  readonly declared?: Declared;
  /** What answers what no route matches, for handlers that ask for it. */
  readonly notFound?: Registered | null;
  /** What the app put on all requests and responses: `res.told` for `express.response.told = …`. */
  readonly put?: ReadonlyMap<string, Registered>;
  /** What its app is made under: where that does not hold there is no app to ask. */
  readonly under?: readonly Provided[];
  /** How its handlers are to be understood. */
  readonly semantics: HandlerSemantics;
  readonly at: Place;
}

/** What a framework reader finds in one app. */
export interface Endpoints {
  readonly endpoints: readonly Endpoint[];
  readonly findings: readonly Finding[];
  /**
   * Finds what is left over in bodies that no endpoint is known from. Through a view of its own: what it looks at has
   * no say in endpoints.
   */
  readonly leftOver?: (view: Program) => readonly Finding[];
}

/** A framework: adding one is one file in `readers/` and one line in `registry.ts`. */
export interface FrameworkReader {
  readonly name: string;
  /** The packages that say an app uses it. */
  readonly packages: readonly string[];
  read(program: Program, root: string): Endpoints;
  readonly semantics: HandlerSemantics;
}

/** A step of an endpoint's chain that is about to run. */
export interface Step {
  readonly registered: Registered;
  readonly index: number;
  /** Whether it is the handler, with nothing behind it. */
  readonly last: boolean;
}

/** An error on its way out, from where it was raised. */
export interface Raised {
  readonly value: Value;
  readonly node: ts.Node;
  /** The status that was set before, where that is asked for. */
  readonly status?: Value;
  /** The step of the chain it was thrown at, where that is known. */
  readonly step?: number | undefined;
}

/**
 * What a framework's handlers mean inside a trace: what they are given, how they answer and pass control on,
 * what becomes of their errors. `trace/chain.ts` has the pieces (`callStep`, `passing`, `ended`, `respond`).
 */
export interface HandlerSemantics {
  /** The specifiers its exports are imported from. */
  readonly from: RegExp;
  /** A call of one of its exports, `made` for `new` and for a class that extends it, `from` its specifier; undefined: nothing of its own. */
  readonly call?: (
    machine: Machine,
    called: QueryCall & { readonly made: boolean; readonly from: string },
  ) => Value | undefined;
  /** One of its exports as a template's tag. */
  readonly template?: (
    machine: Machine,
    tagged: Template & { readonly name: string; readonly node: ts.Node },
  ) => Value | undefined;
  /** One of its exports as an element of a page; undefined where it shows what stands inside it. */
  readonly element?: (machine: Machine, element: Shown) => Value | undefined;
  /** One of its exports, or a part of one, that is a plain value (`HttpStatus.CREATED`). */
  readonly constant?: (name: string) => Value | undefined;
  /** What a parameter or property of one of its exported types holds. */
  readonly typed?: QueryReader['typed'];
  /** What its container puts into a property nobody assigns; undefined where it has nothing for it. */
  readonly injected?: (machine: Machine, property: ts.PropertyDeclaration) => Value | undefined;
  /** Runs one step; `then` runs what follows, on the facts the step lets requests through with. */
  readonly step: (machine: Machine, step: Step, then: () => void) => void;
  /** Runs an error handler; what it returns as answers, null where it can't be followed. */
  readonly recover: (
    machine: Machine,
    handler: Registered,
    error: Raised,
  ) => readonly Exit[] | null;
  /** How a body can be nothing to its handlers: none is sent (`missing`), or JSON's null (`invalid`). */
  readonly bodiless?: (machine: Machine) => 'missing' | 'invalid' | undefined;
  /** Whether what a step's promise is rejected with goes to nobody: it does not wait for steps. */
  readonly leavesRejections?: (machine: Machine) => boolean;
  /** What the framework itself answers to an error nobody handles; undefined for a plain 500. */
  readonly unhandled?: (machine: Machine, error: Raised) => Response | undefined;
}

/** A relation the ORM knows by name (`with: { items: true }`); columns are SQL names, pairwise. */
export interface Relation {
  readonly name: string;
  readonly kind: 'one' | 'many';
  /** The table id at the other end. */
  readonly table: string;
  /** Columns of this end's table and what they equal at the other end; empty where nothing says. */
  readonly fields: readonly string[];
  readonly references: readonly string[];
  /** Where rows of a table between lead both ends to each other: that table, and its column of each end's key. */
  readonly through?: { readonly table: string; readonly own: string; readonly other: string };
  /** Loaded with every row, asked for or not. */
  readonly eager?: boolean;
}

/** What a schema reader found in one app. */
export interface Schema {
  readonly tables: readonly Table[];
  /** Finds the table a declaration (`export const users = pgTable(…)`) stands for. */
  readonly tableAt: (node: ts.Node) => Table | undefined;
  /** The labels of an enum a declaration (`export const role = pgEnum(…)`) stands for. */
  readonly enumAt: (node: ts.Node) => readonly string[] | undefined;
  /** The label in the database of one that code names by its enum (`Role`, `ADMIN`). */
  readonly labelOf?: (type: string, label: string) => string | undefined;
  /** The named relations of a table, by its id. */
  readonly relations: (table: string) => readonly Relation[];
  /** The column that, once set, hides a row from the library's own queries (soft delete). */
  readonly hiddenBy?: (table: string) => string | undefined;
  /** The class whose instances a table's rows are. */
  readonly classOf?: (table: string) => ts.ClassLikeDeclaration | undefined;
  readonly findings: readonly Finding[];
}

/** Where tables are described: one file in `schemas/` for each ORM. */
export interface SchemaReader {
  readonly name: string;
  readonly packages: readonly string[];
  /**
   * Its models are told beside a schema that migrations make: what those say of columns goes over what models say, and
   * tables without a model are there, too.
   */
  readonly underMigrations?: true;
  read(program: Program, root: string): Schema;
}

/** A call as the trace has it: what was called by which name, with what, where. */
export interface QueryCall {
  readonly name: string;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

/** The text between a tagged template's holes, and what is put into them. */
export interface Template {
  readonly texts: readonly string[];
  readonly values: readonly Value[];
}

/** A package's component as a page uses it. */
export interface Shown {
  readonly name: string;
  readonly props: ReadonlyMap<string, Value>;
  /** Its only child, where that is a function. */
  readonly renders: Value | undefined;
  readonly node: ts.Node;
}

/**
 * A data-access library: adding one is one file in `queries/` (with its folder) and one line in
 * `registry.ts`. Inside a trace it says what its clients, builders and repositories read and write, through
 * `execute` of `queries/select.ts` and `write` of `queries/write.ts`. Each answer is undefined where the
 * thing asked about is none of its own.
 */
export interface QueryReader {
  readonly name: string;
  /** The specifiers its exports are imported from. */
  readonly from: RegExp;
  /** A call of one of its exports (`name` is a path, `Pool` or `sql.raw`); `made` for `new`, `from` its specifier. */
  readonly call?: (
    machine: Machine,
    called: QueryCall & {
      readonly made: boolean;
      readonly from: string;
      /** The class that is made, where it extends the export. */
      readonly type?: ClassValue;
    },
  ) => Value | undefined;
  /** One of its exports, or a part of one, that is a plain value (`Role.ADMIN`). */
  readonly constant?: (machine: Machine, name: string) => Value | undefined;
  /** One of its exports as a template's tag. */
  readonly template?: (
    machine: Machine,
    tagged: Template & { readonly name: string; readonly node: ts.Node },
  ) => Value | undefined;
  /** What a parameter or property of one of its exported types holds (`repo: Repository<User>`). */
  readonly typed?: (
    machine: Machine,
    type: { readonly name: string; readonly args: readonly ts.TypeNode[] },
  ) => Value | undefined;
  /** What its rows have beside their columns. */
  readonly member?: (machine: Machine, row: RowValue, name: string) => Value | undefined;
  /** A call on a receiver nothing is known of: a query by its shape. */
  readonly guess?: (machine: Machine, receiver: Value, called: QueryCall) => Value | undefined;
}

/**
 * A library that handlers and middleware ask about a request: who it comes from (`auths/`), whether what it carries
 * is valid (`inputs/`, where that is no schema). One file and one line in `registry.ts`.
 */
export type LibraryReader = Pick<QueryReader, 'name' | 'from' | 'call' | 'constant'> & {
  /** A method of one of its schemas that is given a value to check (`schema.validate(value)`). */
  readonly parse?: (machine: Machine, schema: SchemaValue, called: QueryCall) => Value | undefined;
};

/** A validator library: turns a schema expression into a JSON Schema (draft 2020-12). */
export interface InputReader {
  readonly name: string;
  readonly packages: readonly string[];
  /** Null where the expression is not one of its schemas. */
  read(program: Program, file: string, expression: ts.Expression): JsonSchema | null;
}

/**
 * JSON Schema of the input side; `default` is what the parser fills in. `x-coerce: true` reads it out of text,
 * `x-transform` and `x-refine` list (as source text) what is done with it and what else it must fulfil, `x-pipe`
 * and `x-catch` hold the schema behind a transformation and the one whose failure is forgiven, `x-type: date` is
 * no JSON. `x-trips` says what is thrown at before anything is checked: what is no `text`, what is no `json`. `x-optional` is a whole part that may be left out, `x-json` one that is sent as JSON text in a query.
 * `x-unknown` and `x-partial` say that the schema, or some of its keys, could not be told.
 */
export type JsonSchema = { readonly [key: string]: unknown };
