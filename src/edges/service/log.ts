import { pino } from 'pino';
import { redact } from '../../llm/redact.ts';
import type { LogLine } from './service.ts';

export type Level = 'silent' | 'error' | 'warn' | 'info' | 'debug';

export interface Log {
  readonly request: (line: LogLine) => void;
  readonly warn: (error: unknown) => void;
  readonly note: (message: string) => void;
}

/** Structured lines on stderr. Bodies, keys, headers and query strings never get here. */
export function openLog(
  level: Level,
  out: { write(line: string): void } = pino.destination({ fd: 2, sync: false }),
): Log {
  const log = pino({ level, base: null }, out);
  return {
    request({ error, ...line }) {
      if (line.status === 500 || line.status === 503)
        log.error({ ...line, error: plainError(error) }, 'request');
      else if (line.status >= 400) log.warn(line, 'request');
      else log.info(line, 'request');
    },
    warn: (error) => log.warn({ error: plainError(error) }, 'trouble'),
    note: (message) => log.info(message),
  };
}

/** What an error is, without what a query or a request put into its message. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error === null ? null : String(typeof error);
  let root = error;
  while (root.cause instanceof Error) root = root.cause;
  const code = 'code' in root ? String(root.code) : undefined;
  const [first = ''] = root.message.split('\n');
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { name: root.name, code, message: redact(first.slice(0, 300)), at: frames.slice(0, 8) };
}
