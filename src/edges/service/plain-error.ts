import { redact } from '../../llm/redact.ts';

/** What an error is, without what a query or a request put into its message. */
export function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error === null ? null : String(typeof error);
  let root = error;
  while (root.cause instanceof Error) root = root.cause;
  const code = 'code' in root ? String(root.code) : undefined;
  const [first = ''] = root.message.split('\n');
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { name: root.name, code, message: redact(first.slice(0, 300)), at: frames.slice(0, 8) };
}
