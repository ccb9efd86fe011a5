import type { InputPart } from '../../condition/condition.ts';
import type { Table } from '../../db/db.ts';
import type { Finding } from '../../kernel/finding.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { Program } from '../../repo/repo.ts';
import type { Mint, Query, Write } from '../model.ts';
import type {
  Endpoint,
  HandlerSemantics,
  JsonSchema,
  LibraryReader,
  QueryReader,
  Raised,
  Registered,
  Schema,
} from '../reader.ts';
import type { AssignedFields } from './assigned.ts';
import type { Formula } from './formula.ts';
import type { Browser, Sent } from './react-browser.ts';
import type { Steps } from './steps.ts';
import type { Cell, ClosureValue, Fields, InstanceValue, Scope, Value } from './values.ts';

/** What tracing an endpoint needs of the rest of the reader. */
export interface TraceDeps {
  readonly program: Program;
  readonly schema: Pick<
    Schema,
    'tables' | 'tableAt' | 'enumAt' | 'labelOf' | 'relations' | 'hiddenBy' | 'classOf'
  >;
  /** The JSON Schema of a validator expression, null where it is none. */
  readonly inputSchema: (file: string, expression: ts.Expression) => JsonSchema | null;
  /** Told of the schema that the environment is read through. */
  readonly noteVariables: (schema: JsonSchema) => void;
  /** Told what each condition met on the way is taken for; for judging how much is understood. */
  readonly noteCondition?: (node: ts.Node, formula: Formula) => void;
  /** The data-access libraries whose calls are queries. */
  readonly queries: readonly QueryReader[];
  /** Libraries that are asked about a request. */
  readonly libraries: readonly LibraryReader[];
  /** The frameworks whose packages are understood. */
  readonly frameworks: readonly { readonly semantics: HandlerSemantics }[];
}

/** The facts known where control is: `known` holds the keys of `facts`' parts. */
export interface Path {
  facts: readonly Formula[];
  dead: boolean;
  /** True after `next()`: what follows runs for its effects alone. */
  answered: boolean;
}

/** What leaves a piece of code: under these facts (relative to its entry), with this value. */
export interface Exit {
  readonly when: Formula;
  readonly facts: readonly Formula[];
  readonly value: Value;
  readonly node: ts.Node;
  readonly done: Steps;
  /** The status set so far. */
  readonly status: Value;
  /** What was put on the request so far. */
  readonly variables: Fields;
  /** The call sites it came through. */
  readonly sites: readonly ts.Node[];
  /** The step of the trace it was found at. */
  readonly order: number;
  /** Of an error: what was set so far since the `try` it ends. */
  readonly left?: ReadonlyMap<Cell<unknown>, unknown>;
}

/** A read as it is being found; the trace completes `many`, `limit` and `where` later. */
export type Read = { -readonly [Key in keyof Query]: Query[Key] };

export type Frame =
  | {
      readonly kind: 'function';
      readonly mark: number;
      readonly returns: Exit[];
      readonly throws: Formula[];
      readonly node: ts.Node;
      /** What it stands in. */
      readonly within: Scope;
      /** The functions that it was given. */
      readonly callbacks: readonly ts.Node[];
      /** What was set since it was called, and by each of its returns; without it what called it looks at those itself. */
      readonly journal?: Journal;
      readonly left: Way[];
      /** Some way through it answered. */
      answered?: true;
    }
  /** `possible` are errors the database or a third party may raise; they do not bear on the normal path. */
  | {
      readonly kind: 'try';
      readonly mark: number;
      readonly throws: Exit[];
      readonly possible: Exit[];
      /** What is set within it. */
      journal?: Journal | undefined;
      /** What could fail is known not to. */
      sure?: true;
    }
  /** `continue` ends a loop's `turn`; `break` a loop as a whole, or a `switch`. */
  | {
      readonly kind: 'breakable';
      readonly mark: number;
      readonly breaks: Way[];
      readonly turn: boolean;
      readonly journal: Journal;
    }
  /** Where a request's errors arrive; `awaited` where rejections do, whatever the framework does, `unheard` where none do. */
  | { readonly kind: 'request'; readonly awaited?: true; readonly unheard?: true };

/** Old values of the cells a branch has set; those made since `start` need none. */
export interface Journal {
  readonly start: number;
  readonly old: Map<Cell<unknown>, unknown>;
}

/** One way on from a piece of code: under which facts, and what it set to what. */
export interface Way {
  readonly when: Formula;
  readonly facts: readonly Formula[];
  readonly changed: ReadonlyMap<Cell<unknown>, unknown>;
}

/** A way to end as found, before ids and normal forms; `thrown` is the error that led to the answer. */
export interface Ending {
  readonly exit: Exit;
  readonly thrown: Raised | null;
  /** A step of the chain, from the first middleware on. */
  readonly step: number;
}

/** An error on its way to the error handlers, and the step of the chain it was thrown at. */
export interface Thrown {
  readonly exit: Exit;
  readonly possible: boolean;
  readonly step?: number;
}

/** How a token is checked (`claims` are what it must say) or made (what it is made to say). */
export interface TokenUse {
  readonly kind: Mint['kind'];
  readonly made: boolean;
  /** The variable that holds the secret. */
  readonly secret: string | null;
  readonly algorithm: Mint['algorithm'];
  readonly claims: Readonly<Record<string, TokenClaim>>;
}

export type TokenClaim =
  | { readonly table: string; readonly column: string }
  | { readonly value: string | number | boolean | null };

/** A call of a third party; `key` is undefined where it may be asked the same and say something else. */
export interface Asked {
  readonly stack: readonly ts.Node[];
  readonly key?: string | undefined;
}

export interface Entered {
  readonly done: Steps;
  readonly facts: readonly Formula[];
}

/** Everything one endpoint's trace works on; the verbs are put in when it is assembled. */
export interface Machine {
  readonly deps: TraceDeps;
  endpoint: Endpoint;
  readonly path: Path;
  readonly frames: Frame[];
  readonly sites: ts.Node[];
  readonly reads: Read[];
  readonly writes: Write[];
  readonly endings: Ending[];
  /** Errors on their way to the error handlers. */
  readonly thrown: Thrown[];
  readonly findings: Finding[];
  /** What tokens are checked with or made of on the way. */
  readonly tokens: TokenUse[];
  readonly done: Cell<Steps>;
  readonly variables: Cell<Fields>;
  readonly assigned: Cell<AssignedFields>;
  readonly inputs: Map<InputPart, JsonSchema>;
  /** What validators found valid, by the name the framework gives the part. */
  readonly valid: Map<string, Value>;
  readonly status: Cell<Value>;
  /** Values of the request a statement may have been refused for, each with the statements that were. */
  readonly refused: Map<string, readonly string[]>;
  /** What a request alone brings about, by its condition: what was known where code was stopped by it. */
  readonly raised: Map<string, readonly (readonly Formula[])[]>;
  /** The calls of each third party, each as its call site and those it came through, and what it was asked with. */
  readonly asked: Map<string, readonly Asked[]>;
  /** Calls of third parties, as steps, whose arguments depend on these. */
  readonly posed: Map<string, readonly Formula[]>;
  /** Reads of rows that come along with another row, by their ids: that row. */
  readonly along: Map<string, string>;
  /** What had run, and what was known, when the handler was entered. */
  entered: Entered;
  /** Steps of the chain at which a request may end. */
  readonly stopped: Set<number>;
  /** Conditions too heavy to be told, numbered as they were met. */
  readonly unbearable: Map<string, number>;
  /** The step of the chain that is running. */
  current: number;
  readonly journals: Journal[];
  /** What holds of rows that were found before (`found-before.ts`), by key and by the read it is said of. */
  readonly found: { readonly keys: Set<string>; readonly of: Map<string, string[]> };
  /** Reads whose rows are counted: they stay `many`. */
  readonly counted: Set<string>;
  readonly modules: WeakMap<ts.Node, Value>;
  /** What names inside a factory stand for, by what it was called with. */
  readonly registrations: WeakMap<object, WeakMap<ts.Node, Value>>;
  steps: number;
  /** How many steps the trace may take: a request's own, and as many again for what runs once as the app starts. */
  limit: number;
  /** Whether calls have shares of the steps: without them the trace did not come to its end. */
  readonly shares: boolean;
  /** Functions whose calls took more than their share. */
  readonly passedOver: Set<ts.Node>;
  /** Whether what runs is done once, as the app starts. */
  starting: boolean;
  /** The file whose code runs. */
  file: string;
  readonly evaluate: (node: ts.Expression, scope: Scope) => Value;
  readonly run: (node: ts.Statement, scope: Scope) => void;
  readonly call: (fn: Value, args: readonly Value[], node: ts.Node) => Value;
  readonly invoke: (
    receiver: Value,
    method: { name: string; args: readonly Value[] },
    node: ts.Node,
  ) => Value;
  readonly get: (value: Value, name: string, node: ts.Node) => Value;
  readonly setterOf: (owner: InstanceValue, name: string) => ClosureValue | undefined;
  readonly truth: (value: Value, node: ts.Node) => Formula;
  readonly settle: (value: Value, node: ts.Node) => Value;
  /** What taking a value apart by its properties may throw. */
  readonly takeApart: (value: Value, node: ts.Node) => void;
  readonly declared: (identifier: ts.Identifier, scope: Scope) => Value | undefined;
  readonly throwValue: (value: Value, node: ts.Node) => void;
  /** Makes a class's instance. */
  readonly construct: (type: Value, args: readonly Value[], node: ts.Node) => Value;
  /** Runs what follows in the handler chain. */
  readonly proceed: (index: number) => void;
  /** Names of the components rendered so far. */
  readonly rendered: Set<string>;
  /** The browser a client page runs in; null while a server's code runs for its own request. */
  browser: Browser | null;
  /** What the page sent with the request that runs; null where the request is a person's own. */
  sent: Sent | null;
  readonly standing: (registered: Registered) => Value;
}

export const STEP_LIMIT = 60_000;
export const CALL_LIMIT = 20;

/** Names a table's rows: `orders` are `order`, then `order#2`. */
export function freshId(machine: Machine, table: Table | string): string {
  const given = singular(typeof table === 'string' ? table : table.name);
  const name = given.charAt(0).toLowerCase() + given.slice(1);
  const taken = new Set<number>();
  const take = ({ id }: { readonly id: string }) => {
    if (!id.startsWith(name)) return;
    if (id.length === name.length) taken.add(1);
    else if (id[name.length] === '#') taken.add(Number(id.slice(name.length + 1)));
  };
  for (const read of machine.reads) {
    take(read);
    for (const join of read.joins) take(join);
  }
  for (const write of machine.writes) take(write);
  if (!taken.has(1)) return name;
  let number = 2;
  while (taken.has(number)) number += 1;
  return `${name}#${number}`;
}

function singular(name: string): string {
  if (/ies$/.test(name)) return name.replace(/ies$/, 'y');
  if (/(ss|x|ch|sh)es$/.test(name)) return name.replace(/es$/, '');
  if (/uses$/.test(name)) return name.replace(/es$/, '');
  return /[^su]s$/.test(name) ? name.slice(0, -1) : name;
}

/** The table a query or write of this trace is about. */
export function tableOfRow(machine: Machine, id: string): Table | undefined {
  const found = tableIdOfRow(machine, id);
  return machine.deps.schema.tables.find((table) => table.id === found);
}

export function tableIdOfRow(machine: Machine, row: string): string | undefined {
  for (const { id, table, joins } of machine.reads) {
    if (id === row) return table;
    for (const join of joins) if (join.id === row) return join.table;
  }
  return machine.writes.find(({ id }) => id === row)?.table;
}
