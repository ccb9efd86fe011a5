import type * as z from 'zod';
import { StatewrightError } from '../../kernel/errors.ts';
import { readArchive } from './archive.ts';
import { jsonOf } from './body.ts';
import type { PlanInput } from './jobs/work.ts';
import { checkPath } from './paths.ts';
import { PlanRequest } from './shapes.ts';
import { modelId } from './store/plannings.ts';

/** The body of a request to plan, with what of the request is about it. */
export interface Sent {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  /** What is asked of an archive, which can't say it itself. */
  readonly llm: boolean;
  readonly only: string;
  /** Whether sources and repos are read here. */
  readonly reads: boolean;
}

/** What was asked for. */
export interface Posted {
  readonly kind: PlanInput['source']['kind'];
  readonly llm: boolean;
  readonly only: string;
  /** What is to be planned, as JSON; the repo as it was named where one was. */
  readonly source: string;
  /** The id of a posted model, else null. */
  readonly model: string | null;
}

/** As many as an archive may hold. */
const MAX_FILES = 20_000;
const MODEL_HINT = 'Post {"model": …} as "npx statewright analyze --json" prints it.';

/** Reads the body of a request to plan. Throws what is wrong with it, as a problem of the caller's. */
export async function parsePosted(sent: Sent): Promise<Posted> {
  const { bytes, type, reads } = sent;
  if (type !== 'application/json') {
    if (!reads) throw readsElsewhere();
    const { llm, only } = sent;
    return filesPosted(Object.fromEntries(await readArchive(bytes)), { llm, only });
  }
  const body = jsonOf(bytes);
  const kinds = ['model', 'files', 'repo'].filter(
    (kind) => typeof body === 'object' && body !== null && kind in body,
  );
  if (kinds.length !== 1) throw needsOne(kinds);
  const [withModel, withFiles, withRepo] = PlanRequest.options;
  if (kinds[0] === 'model') {
    const { model, llm, only } = parsed(withModel, body, 'service.badModel');
    const text = JSON.stringify(model);
    const source = JSON.stringify({ kind: 'model', text });
    return { kind: 'model', llm, only, source, model: modelId(text) };
  }
  if (!reads) throw readsElsewhere();
  if (kinds[0] === 'files') {
    checkCount(body);
    const { files, llm, only } = parsed(withFiles, body, 'service.badRequest');
    const checked = Object.entries(files).map(([path, text]) => [checkPath(path), text]);
    return filesPosted(Object.fromEntries(checked), { llm, only });
  }
  const { repo, llm, only } = parsed(withRepo, body, 'service.badRequest');
  return { kind: 'repo', llm, only, source: repo, model: null };
}

function filesPosted(
  files: Readonly<Record<string, string>>,
  asked: { readonly llm: boolean; readonly only: string },
): Posted {
  return { kind: 'files', ...asked, source: JSON.stringify({ kind: 'files', files }), model: null };
}

function checkCount(body: unknown): void {
  const files = typeof body === 'object' && body !== null && 'files' in body ? body.files : null;
  const count = typeof files === 'object' && files !== null ? Object.keys(files).length : 0;
  if (count <= MAX_FILES) return;
  throw new StatewrightError('service.tooLarge', `These are ${count} files.`, {
    hint: `Send at most ${MAX_FILES}, of one app alone. Nothing was kept.`,
  });
}

function parsed<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  code: string,
): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join('.').slice(0, 200) || 'The body';
  throw new StatewrightError(code, `${where}: ${issue?.message.slice(0, 300)}.`, {
    hint: code === 'service.badModel' ? MODEL_HINT : 'See /openapi.json for what it may be.',
  });
}

function needsOne(kinds: readonly string[]): StatewrightError {
  if (kinds.length > 1) {
    return new StatewrightError('service.badRequest', `The body has ${kinds.join(' and ')}.`, {
      hint: 'Send one of them.',
    });
  }
  return new StatewrightError('service.needsModel', 'The body has no "model".', {
    hint: 'Make one where the checkout is, with "npx statewright analyze --json", and post it as {"model": …}.',
  });
}

function readsElsewhere(): StatewrightError {
  return new StatewrightError('service.notHere', 'Sources are not read here, models are planned.', {
    hint: 'Post {"model": …} as "npx statewright analyze --json" prints it, or run `npx statewright serve` on Node, which reads sources.',
  });
}
