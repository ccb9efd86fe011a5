import type { Registered } from '../../reader.ts';
import { registered } from '../../static/registered.ts';
import type { Call, Machine, Native, PackageValue, Semantics, Value } from '../../static/value.ts';
import { entryOf, native, nativeOf, UNKNOWN } from '../../static/value.ts';

/** A decorator of a Nest package, or a module such a package makes: `name` is `Get`, `TypeOrmModule.forFeature`. */
export interface Named extends Native {
  readonly type: 'nest';
  readonly package: string;
  readonly name: string;
  readonly args: readonly Value[];
  readonly call: Call['node'];
}

/** What `Reflector.createDecorator()` makes: a decorator that is its own key, where it is given none. */
export interface KeyDecorator extends Native {
  readonly type: 'nest-key';
  readonly key: string | Call['node'];
}

/** One call on the application while it starts, in order. */
export interface Setup {
  readonly name: string;
  readonly args: readonly Value[];
  readonly call: Call['node'];
}

/** An HTTP application as its `main.ts` makes it. */
export interface NestApp extends Native {
  readonly type: 'nest-app';
  readonly root: Value;
  readonly setup: Setup[];
}

/** What running an app's modules left behind. */
export interface NestRun {
  readonly semantics: Semantics;
  readonly apps: NestApp[];
  /** What `registerAs` gives a name, by that name. */
  readonly settings: Map<string, Value>;
  /** What makes it. */
  readonly factories: Map<string, Registered>;
}

const NEST = /^@nestjs\/|^nestjs-/;

/** What Nest's own exports mean while an app is put together. */
export function createNest(): NestRun {
  const run = {
    apps: [] as NestApp[],
    settings: new Map<string, Value>(),
    factories: new Map<string, Registered>(),
  };
  const semantics: Semantics = {
    call: (machine, callee, call) =>
      NEST.test(callee.package) ? called(machine, callee, { call, run }) : undefined,
    method: (_, receiver, call) => {
      if (isKey(receiver) && call.name === '()')
        return named({ package: '@nestjs/core', name: 'KeyDecorator' }, call, [
          native(receiver),
          ...call.args,
        ]);
      if (isApp(receiver)) return appMethod(receiver, call);
      return receiver.type === 'nest-config' ? setting(call.args, run) : undefined;
    },
  };
  return { ...run, semantics };
}

export function isNamed(value: Native | undefined): value is Named {
  return value?.type === 'nest';
}

export function isKey(value: Native | undefined): value is KeyDecorator {
  return value?.type === 'nest-key';
}

function isApp(value: Native): value is NestApp {
  return value.type === 'nest-app';
}

type Ledger = Omit<NestRun, 'semantics'>;

function called(
  machine: Machine,
  { package: from, path }: PackageValue,
  { call, run }: { call: Call; run: Ledger },
): Value | undefined {
  const name = path.filter((each) => each !== 'default').join('.');
  const [first, second] = call.args;
  if (name === 'NestFactory.create' && first) {
    const made: NestApp = { type: 'nest-app', root: first, setup: [] };
    run.apps.push(made);
    return native(made);
  }
  if (name === 'registerAs' && first?.kind === 'literal' && second?.kind === 'function') {
    const made = registered(second);
    if (made) run.factories.set(String(first.value), made);
    run.settings.set(String(first.value), machine.invoke(second, []));
    return second;
  }
  if (name === 'Reflector.createDecorator') {
    const given = entryOf(first, 'key');
    const key = given?.kind === 'literal' ? `'${String(given.value)}'` : call.node;
    const made: KeyDecorator = { type: 'nest-key', key };
    return native(made);
  }
  return named({ package: from, name }, call, call.args);
}

function named(of: Pick<Named, 'package' | 'name'>, call: Call, args: readonly Value[]): Value {
  const made: Named = { type: 'nest', ...of, args, call: call.node };
  return native(made);
}

/** Calls on the application; what it hands out of its container is known for its settings alone. */
function appMethod(app: NestApp, call: Call & { name: string }): Value {
  const [first] = call.args;
  if (call.name === 'get' || call.name === 'resolve') {
    const isConfig = first?.kind === 'package' && first.path.at(-1) === 'ConfigService';
    return isConfig ? native({ type: 'nest-config' }) : UNKNOWN;
  }
  app.setup.push({ name: call.name, args: call.args, call: call.node });
  const back = /^(set|use|enable|decorate)/.test(call.name) || HANDED.has(call.name);
  return back ? native(app) : UNKNOWN;
}

/** What gives the application, or in its stead the server behind it, whose hooks are the application's. */
const HANDED = new Set(['select', 'getHttpAdapter', 'getInstance', 'addHook']);

/** `config.get('app.prefix')`: what a namespace that the code registers says; else what was given as default. */
function setting(args: readonly Value[], { settings }: Ledger): Value {
  const [name, otherwise] = args;
  const [space = '', ...rest] = name?.kind === 'literal' ? String(name.value).split('.') : [];
  let at = settings.get(space);
  for (const each of rest) at = at?.kind === 'object' ? at.entries.get(each) : undefined;
  if (at && at.kind !== 'unknown') return at;
  return otherwise?.kind === 'literal' ? otherwise : UNKNOWN;
}

/** The Nest value behind a value, if any. */
export function nestOf(value: Value | undefined): Named | undefined {
  const found = nativeOf(value);
  return isNamed(found) ? found : undefined;
}
