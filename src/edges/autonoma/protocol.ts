import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { StatewrightError } from '../../kernel/errors.ts';
import { plannedIn } from './create.ts';
import type { Environment, Standing } from './environment.ts';
import { badBody, Refusal } from './refusal.ts';
import { type Dated, isFresh, type Once } from './replay.ts';
import { schemaOf } from './schema.ts';
import { isSigned, openToken, signToken } from './signing.ts';

export interface Secrets {
  /** Autonoma has it too: it signs requests. */
  readonly shared: string;
  /** Ours alone: it signs what takes a state down again. */
  readonly signing: string;
}

export interface ProtocolOptions {
  readonly secrets: Secrets;
  /** What `discover` answers in; `up` and `down` answer in the version they are asked in. */
  readonly version: '1.0' | '2.0';
  readonly environment: Environment;
  readonly once: Once;
  /** Refuses requests that are not dated. */
  readonly strict: boolean;
  readonly now: () => Date;
}

export interface Asked extends Dated {
  readonly body: string;
  /** Of the body, in `x-signature`. */
  readonly bodySignature: string;
}

export interface Told {
  readonly status: number;
  readonly body: object;
}

const Fields = z.record(z.string(), z.json());
const Up = z.object({
  testRunId: z.string().min(1).max(200).optional(),
  scenario: z.object({ name: z.string().min(1) }).optional(),
  create: z.record(z.string(), z.array(Fields)).optional(),
});
const Down = z.object({ refsToken: z.string().optional(), teardownToken: z.string().optional() });
const Token = z.object({ handle: z.string() });

/** Answers one request of the environment-factory protocol: discover, up or down. */
export async function answer(asked: Asked, options: ProtocolOptions): Promise<Told> {
  try {
    const { secrets, strict, now, once } = options;
    if (!isSigned(asked.body, asked.bodySignature, secrets.shared)) {
      throw new Refusal(401, 'INVALID_SIGNATURE', 'The signature is not that of the body.');
    }
    const fresh = await isFresh(asked.body, asked, { secret: secrets.shared, now: now(), once });
    if (strict && !fresh) {
      throw new Refusal(401, 'STALE_REQUEST', 'Requests must carry a timestamp and a nonce.');
    }
    return { status: 200, body: await act(asked.body, options) };
  } catch (error) {
    return refused(error);
  }
}

async function act(text: string, options: ProtocolOptions): Promise<object> {
  const { action, ...body } = parsed(z.looseObject({ action: z.string() }), jsonOf(text));
  if (action === 'discover') return discover(options);
  if (action === 'up') return up(text, parsed(Up, body), options);
  if (action === 'down') return down(parsed(Down, body), options);
  throw new Refusal(400, 'UNKNOWN_ACTION', `There is no action "${action}".`);
}

function discover({ version, environment }: ProtocolOptions): object {
  const known =
    version === '2.0'
      ? { scenarios: environment.scenarios }
      : { schema: schemaOf(environment.model) };
  return { ...head(version), ...known };
}

/** What has no date is let in once: the same bytes again are a replay, and each test run has an id of its own. */
async function up(
  text: string,
  { scenario, create, testRunId = randomUUID() }: z.infer<typeof Up>,
  { environment, secrets, once }: ProtocolOptions,
): Promise<object> {
  if (!scenario && !create) throw badBody('"up" needs "create" or "scenario.name".');
  const id = scenario?.name ?? plannedIn(create ?? {});
  const state = await once.admit(`up ${text}`, () =>
    id === null ? environment.create(create ?? {}, testRunId) : environment.up(id),
  );
  const { handle, expiresInSeconds } = state;
  const auth = authOf(state);
  if (scenario) {
    const token = { name: id, teardown: { run: state.run }, testRunId, handle };
    const teardownToken = signToken('TEARDOWN', token, secrets.signing);
    return { ...head('2.0'), auth, teardownToken, expiresInSeconds };
  }
  const refs = state.records;
  const refsToken = signToken(
    'REFS',
    { refs: keysOf(refs), testRunId, environment: '', handle },
    secrets.signing,
  );
  return { ...head('1.0'), auth, refs, refsToken, expiresInSeconds };
}

async function down(
  { refsToken, teardownToken }: z.infer<typeof Down>,
  { environment, secrets }: ProtocolOptions,
): Promise<object> {
  const token = teardownToken || refsToken;
  if (!token) throw badBody('"down" needs "refsToken" or "teardownToken".');
  const code = teardownToken ? 'INVALID_TEARDOWN_TOKEN' : 'INVALID_REFS_TOKEN';
  const payload = Token.safeParse(openToken(token, { secret: secrets.signing, code }));
  if (!payload.success) throw new Refusal(403, code, 'The token says of no state.');
  await environment.down(payload.data.handle);
  return { ...head(teardownToken ? '2.0' : '1.0'), ok: true };
}

function head(version: '1.0' | '2.0') {
  return { version, sdk: { language: 'typescript', orm: 'unknown', server: 'statewright' } };
}

function authOf({ credentials }: Standing): object {
  const cookies = Object.entries(credentials?.cookies ?? {}).map(([name, value]) => ({
    name,
    value,
    path: '/',
  }));
  return { cookies, headers: credentials?.headers ?? {}, credentials: {} };
}

/** What a token says of a record: by what it is found again, no more. */
function keysOf(records: Standing['records']): Standing['records'] {
  const keys = (row: object) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => name === 'id'));
  return Object.fromEntries(Object.entries(records).map(([name, rows]) => [name, rows.map(keys)]));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badBody('It is not JSON.');
  }
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw badBody(`${issue?.path.join('.') || 'The body'}: ${issue?.message}`);
}

/** What stands in the way is said with its own code; the rest is ours to mend, and nobody else's to read. */
function refused(error: unknown): Told {
  if (error instanceof Refusal) {
    return { status: error.status, body: { error: error.message, code: error.code } };
  }
  if (!(error instanceof StatewrightError)) throw error;
  const { code, message, hint } = error;
  const isUnknown = code === 'up.unknownPlan';
  const told = { error: `${code}: ${message} ${hint}` };
  return isUnknown
    ? { status: 400, body: { ...told, code: 'UNKNOWN_ENVIRONMENT' } }
    : { status: 500, body: { ...told, code: 'INTERNAL_ERROR' } };
}
