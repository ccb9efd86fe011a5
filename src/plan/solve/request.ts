import type { InputPart, Term } from '../../condition/condition.ts';
import {
  piped,
  propertiesOf,
  requiredOf,
  type Schema,
  schemaAt,
  schemaOf,
  typesOf,
} from '../../kernel/json-schema.ts';
import type { Route } from '../../model/model.ts';
import type { BodyValue, Value, When } from '../plan.ts';
import { at, isPlainObject, withAt, withoutAt } from '../request/body.ts';
import { sampleOf } from '../request/sample.ts';
import { timely } from '../request/timely.ts';
import { type Bound, canBend, datumOf, homeOf, refTo } from './bindings.ts';
import { breakPart, isToldInside, isUnsent, ofOtherType, validIn } from './break-input.ts';
import { typeOf } from './column-type.ts';
import { isExample } from './examples.ts';
import { isFresh, type Variable, variableName } from './formula.ts';
import { personaOf } from './given.ts';
import { inputColumn, insertedInputs, soughtInputs } from './input-column.ts';
import { durationOf } from './instant.ts';
import { asJsonTexts, isMalformed, malformedQuery } from './json-text.ts';
import { isObject, objectTest } from './object-test.ts';
import { passwordTests } from './passwords.ts';
import { readsCarrier, type Setting } from './setting.ts';
import { isStrange, strangeToken } from './strange-token.ts';
import { UNKNOWN_KEY, UNKNOWN_UUID } from './stranger.ts';
import { ownerOf, standing } from './world.ts';

type Parts = Record<InputPart, BodyValue>;

/** The request of a solution: valid in everything the scenario doesn't want broken. Null where that can't be done. */
export function requestOf(bound: Bound): When | null {
  const { setting } = bound.solution.world;
  const { route } = setting;
  const chosen = withPasswords(bound, withObjects(setting, chosenParts(bound, plainParts(bound))));
  const whole = withUniques(bound, chosen);
  let parts: Parts = { ...whole, query: timely(whole.query), body: timely(whole.body) };
  for (const condition of setting.when) {
    if (condition.kind !== 'input' || condition.is !== 'invalid') continue;
    const { from } = condition;
    if (isStrange(bound, condition) || isToldInside(setting.when, condition)) continue;
    if (isObject(setting.when, condition)) continue;
    const kept = validIn(setting.when, condition);
    const { path, rule } = condition;
    const schema = schemaOf(route.input[from]);
    const broken =
      from === 'body' && route.input.body === null
        ? ofOtherType(parts.body, path)
        : breakPart(schema, parts[from], { from, path, rule, kept });
    if (broken === undefined) return null;
    parts = { ...parts, [from]: broken };
  }
  const { when } = setting;
  const query = malformedQuery(when, asJsonTexts(route, parts.query));
  const page = 'rendered' in route;
  const visit = page && (route.rendered === 'client' || setting.outcome.inBrowser === true);
  const carrier = strangeToken(bound);
  const unsaid = !route.action && /^(GET|HEAD)$/.test(route.method);
  const bodiless = page || unsaid || isUnsent(when);
  const body = bodiless ? undefined : parts.body;
  return {
    as: personaOf(bound),
    ...(visit ? { visit: true } : {}),
    method: route.method === 'ALL' ? 'GET' : route.method,
    path: pathOf(route.path, parts.params),
    ...(route.action ? { action: route.action } : {}),
    ...section('query', query),
    ...section('headers', {
      ...asObject(parts.headers),
      ...carrier.headers,
      ...formType(route, isMalformed(when, 'body')),
    }),
    ...section('cookies', { ...asObject(parts.cookies), ...carrier.cookies }),
    ...(isMalformed(when, 'body')
      ? { raw: '{' }
      : isEmptyBody(bound, body)
        ? {}
        : { body: body as BodyValue }),
  };
}

/** How a form says what it is; a JSON body needs no word, nor do the forms that an action of Next.js takes. */
function formType({ action, input }: Route, malformed: boolean): Record<string, string> {
  if ((action && !action.by) || schemaOf(input.body)['x-form'] !== true) return {};
  const type = malformed
    ? 'multipart/form-data; boundary=none'
    : 'application/x-www-form-urlencoded';
  return { 'content-type': type };
}

function isEmptyBody(bound: Bound, body: BodyValue | undefined): boolean {
  if (body === undefined) return true;
  const declared = bound.solution.world.setting.route.input.body !== null;
  return !declared && isPlainObject(body) && Object.keys(body).length === 0;
}

function section(name: string, part: BodyValue): Record<string, BodyValue> {
  return isPlainObject(part) && Object.keys(part).length > 0 ? { [name]: part } : {};
}

function asObject(part: BodyValue): { readonly [key: string]: BodyValue } {
  return isPlainObject(part) ? part : {};
}

/** What the schemas require, and what the outcome's writes take from a request nobody declared. */
function plainParts(bound: Bound): Parts {
  const { route } = bound.solution.world.setting;
  const plain = (from: InputPart): BodyValue => {
    const schema = schemaOf(route.input[from]);
    return Object.keys(schema).length > 0 ? sampleOf(schema, from) : {};
  };
  const parts: Parts = {
    params: {},
    query: plain('query'),
    headers: withoutCarrier(bound, 'headers', plain('headers')),
    cookies: withoutCarrier(bound, 'cookies', plain('cookies')),
    body: plain('body'),
  };
  for (const name of paramNames(route.path)) {
    parts.params = withAt(parts.params, [name], paramSample(bound, name));
  }
  for (const input of writtenInputs(bound)) {
    if (schemaOf(route.input[input.from])['properties'] || input.path.length === 0) continue;
    const type = inputColumn(bound.solution.world.setting, input)?.type ?? 'text';
    const value = sampleFor(type, input.path.at(-1) ?? 'value');
    parts[input.from] = withAt(parts[input.from], input.path, value);
  }
  return parts;
}

function withoutCarrier(bound: Bound, from: 'headers' | 'cookies', part: BodyValue): BodyValue {
  const { auth } = bound.solution.world.setting.app;
  if (auth?.carrier.from !== from) return part;
  const same = (name: string) => name.toLowerCase() === auth.carrier.name.toLowerCase();
  return Object.fromEntries(Object.entries(asObject(part)).filter(([name]) => !same(name)));
}

function writtenInputs(bound: Bound): (Term & { kind: 'input' })[] {
  const { setting } = bound.solution.world;
  return setting.outcome.writes.flatMap((id) =>
    Object.values(setting.writes.get(id)?.set ?? {}).filter((term) => term.kind === 'input'),
  );
}

function paramSample(bound: Bound, name: string): Value {
  const { setting } = bound.solution.world;
  const schema = schemaAt(schemaOf(setting.route.input.params), [name]);
  if (schema && typesOf(schema).includes('integer')) return UNKNOWN_KEY;
  if (schema && ('format' in schema || 'pattern' in schema)) return textSample(schema, name);
  const column = inputColumn(setting, { from: 'params', path: [name] });
  if (column && typeOf(column) === 'integer') return UNKNOWN_KEY;
  if (column) return sampleFor(column.type, name);
  return schema ? textSample(schema, name) : `unknown-${name}`;
}

function textSample(schema: Schema, name: string): Value {
  const sample = sampleOf(schema, name);
  return typeof sample === 'object' ? `unknown-${name}` : sample;
}

function sampleFor(type: string, name: string): Value {
  if (/^uuid/.test(type)) return UNKNOWN_UUID;
  if (/int|serial|numeric|decimal|real|double/.test(type)) return 1;
  if (/^bool/.test(type)) return true;
  if (/^timestamp/.test(type)) return { now: 'P1D' };
  return /^date/.test(type) ? '2030-01-15' : `sample-${name.toLowerCase()}`;
}

/** The plain parts with what the solution chose for them. */
function chosenParts(bound: Bound, plain: Parts): Parts {
  const { solution } = bound;
  const parts = { ...plain };
  const inputs = [...solution.posed.classes.variables.values()].filter(
    (variable): variable is Variable & { kind: 'input' } => variable.kind === 'input',
  );
  for (const input of inputs) {
    if (readsCarrier(solution.world.setting.app, input)) continue;
    const value = inputValue(bound, input);
    if (value === undefined) continue;
    parts[input.from] =
      value === null && !acceptsNull(bound, input)
        ? withoutAt(parts[input.from], input.path)
        : withAt(withAround(bound, parts[input.from], input), input.path, value);
  }
  return parts;
}

/** What a value stands in, as its schema asks for it, where nothing stands there yet: the first element of a list. */
function withAround(bound: Bound, part: BodyValue, { from, path }: Variable & { kind: 'input' }) {
  const whole = schemaOf(bound.solution.world.setting.route.input[from]);
  return path.slice(0, -1).reduce<BodyValue>((made, name, index) => {
    const around = path.slice(0, index + 1);
    const schema = schemaAt(whole, around);
    const isAsked = schema && requiredOf(schema).length > 0 && at(made, around) === undefined;
    return isAsked ? withAt(made, around, sampleOf(schema, name)) : made;
  }, part);
}

/** Values that the request puts into unique columns, or that no row may hold, must be no other run's. */
function withUniques(bound: Bound, parts: Parts): Parts {
  const { setting } = bound.solution.world;
  const known = { ...parts };
  for (const { input, column } of [...insertedInputs(setting), ...soughtInputs(setting)]) {
    const value = at(known[input.from], input.path);
    const schema = piped(schemaAt(schemaOf(setting.route.input[input.from]), input.path) ?? {});
    const free = canBend(schema) && typeOf(column) === 'text' && !column.values;
    // A path has texts and references alone.
    if (typeof value !== 'string' || input.from === 'params') continue;
    if (!free || isExample(setting, value)) continue;
    known[input.from] = withAt(known[input.from], input.path, { unique: value });
  }
  return known;
}

/** The password that an actor signed up with, where the code compares the request's with it. */
function withPasswords(bound: Bound, parts: Parts): Parts {
  const { world } = bound.solution;
  const known = { ...parts };
  for (const { input, row, matches } of passwordTests(world.setting)) {
    const owner = ownerOf(world.setting, row);
    const id = owner && world.own.get(owner.id)?.[0]?.get(row);
    const name = id ? bound.names.get(standing(world, id)) : undefined;
    if (!matches || name === undefined) continue;
    for (const same of [input, ...equalInputs(bound, input)]) {
      known[same.from] = withAt(known[same.from], same.path, { ref: `${name}.password` });
    }
  }
  return known;
}

function withObjects({ when }: Setting, parts: Parts): Parts {
  const known = { ...parts };
  for (const { from, path } of when.map(objectTest).filter((test) => test !== null)) {
    const sent = at(known[from], path);
    if (typeof sent !== 'object' || sent === null) known[from] = withAt(known[from], path, {});
  }
  return known;
}

/** The other parts of the request that must be what this one is. */
function equalInputs(bound: Bound, { from, path }: Term & { kind: 'input' }) {
  const { posed } = bound.solution;
  const members = posed.members.get(posed.of(variableName({ kind: 'input', from, path }))) ?? [];
  return members.filter((variable) => variable.kind === 'input');
}

function acceptsNull(bound: Bound, input: Variable & { kind: 'input' }): boolean {
  const whole = schemaOf(bound.solution.world.setting.route.input[input.from]);
  const parent = schemaAt(whole, input.path.slice(0, -1)) ?? {};
  const name = input.path.at(-1) ?? '';
  return requiredOf(parent).includes(name) && propertiesOf(parent).has(name);
}

function inputValue(bound: Bound, input: Variable & { kind: 'input' }): Value | undefined {
  const { solution } = bound;
  const datum = datumOf(solution, input);
  if (datum === undefined) return undefined;
  const home = homeOf(bound, input);
  if (home) return refTo(bound, home);
  if (isFresh(datum)) return undefined;
  const name = solution.posed.of(`${input.from}:${input.path.join('/')}`);
  const instant = solution.posed.domains.get(name)?.type === 'instant';
  return instant && typeof datum === 'number' ? { now: durationOf(datum) } : datum;
}

export function paramNames(path: string): string[] {
  return [...path.matchAll(/[:*]([A-Za-z_]\w*)/g)].map((found) => found[1] ?? '');
}

function pathOf(path: string, params: BodyValue): string {
  const values = asObject(params);
  return path.replace(/[:*]([A-Za-z_]\w*)\??/g, (whole, name: string) => {
    const value = values[name];
    if (isPlainObject(value) && 'ref' in value) return `{${String(value['ref'])}}`;
    return value === undefined || value === null ? whole : encodeURIComponent(String(value));
  });
}
