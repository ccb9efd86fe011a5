import { type Finding, finding } from '../kernel/finding.ts';
import type { Proof } from '../proof/proof.ts';

const MOST = 600;

/** What a fired plan gave instead of its ending, as a finding a model can mend the plan by; null where it held. */
export function observationOf({
  plan,
  verdict,
  expected,
  observed,
  divergedAt,
  reason,
}: Proof): Finding | null {
  if (!['diverted', 'crashed', 'unstable'].includes(verdict)) return null;
  return finding(`proof.${verdict}`, {
    severity: 'warning',
    path: plan,
    facts: {
      expected: { status: expected?.status ?? null, body: JSON.stringify(expected?.body ?? null) },
      observed: {
        status: observed?.status ?? null,
        body: JSON.stringify(observed?.body ?? null).slice(0, MOST),
      },
      reached: [...divergedAt],
      reason,
    },
  });
}
