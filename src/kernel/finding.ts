import * as z from 'zod';
import { digest } from './digest.ts';

/** Something about the user's app, plan or database; a value that is collected and returned. */
export const Finding = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'note']),
  at: z.object({
    file: z.string().nullable(),
    line: z.number().int().nullable(),
    path: z.string().nullable(),
  }),
  facts: z.record(z.string(), z.json()),
  fingerprint: z.string(),
});
export type Finding = Readonly<z.infer<typeof Finding>>;

export function isError({ severity }: Finding): boolean {
  return severity === 'error';
}

/** Makes a finding; its fingerprint covers all but the line, so that a known one can be accepted. */
export function finding(
  code: string,
  about: {
    severity: Finding['severity'];
    file?: string | null;
    line?: number | null;
    path?: string | null;
    facts?: Finding['facts'];
  },
): Finding {
  const at = { file: about.file ?? null, line: about.line ?? null, path: about.path ?? null };
  const facts = about.facts ?? {};
  const fingerprint = digest([code, at.file, at.path, facts]).slice(0, 16);
  return { code, severity: about.severity, at, facts, fingerprint };
}
