import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/model/model.ts';
import type { Observed } from '../../src/proof/compare.ts';
import { type Ending, endingsThatFit } from '../../src/proof/diverge.ts';

const at = { file: 'app.ts', line: 1, symbol: 'pay', hash: '0' };

function ending(slug: string, status: number, outcome: Partial<Outcome> = {}): Ending {
  const id = `POST /pay › ${slug}`;
  return {
    scenario: {
      id,
      title: slug,
      route: 'POST /pay',
      outcome: slug,
      when: [],
      feasibility: 'solvable',
      reason: null,
      priority: 'low',
      variants: [],
    },
    outcome: {
      id: slug,
      kind: 'respond',
      status,
      code: null,
      error: null,
      message: null,
      location: null,
      body: [],
      text: [],
      when: [],
      reads: [],
      writes: [],
      at,
      ...outcome,
    },
  };
}

const endings = [
  ending('expired', 422, { code: 'expired' }),
  ending('used_up', 422, { code: 'used_up' }),
  ending('invalid', 422),
  ending('paid', 201, { body: [{ path: ['status'], value: { kind: 'literal', value: 'paid' } }] }),
  ending('pending', 201, {
    body: [{ path: ['status'], value: { kind: 'literal', value: 'pending' } }],
  }),
  ending('empty', 200, { kind: 'render', text: ['No orders yet'] }),
  ending('sign_in', 302, { kind: 'redirect', code: null }),
];

const fits = (observed: Partial<Observed>) =>
  endingsThatFit(endings, { status: 422, body: null, location: null, text: null, ...observed }).map(
    (id) => id.split(' › ')[1],
  );

describe('endingsThatFit', () => {
  it('tells endings of one status by the code in the body, wherever it stands', () => {
    expect(fits({ body: { error: { code: 'used_up' } } })).toEqual(['used_up']);
  });

  it('falls back on the status where no literal speaks for another', () => {
    expect(fits({ body: { issues: [] } })).toEqual(['invalid']);
  });

  it('tells endings by the literals of their bodies', () => {
    expect(fits({ status: 201, body: { status: 'pending' } })).toEqual(['pending']);
    expect(fits({ status: 201, body: { status: 'lost' } })).toEqual([]);
  });

  it('tells a page by its text', () => {
    expect(fits({ status: 200, text: 'Orders No  orders yet' })).toEqual(['empty']);
    expect(fits({ status: 200, text: 'Orders' })).toEqual([]);
  });

  it('names all that fit where it cannot be told', () => {
    const twice = [...endings, ending('other', 302)];
    const observed = { status: 302, body: null, location: '/', text: null };
    expect(endingsThatFit(twice, observed)).toEqual(['POST /pay › sign_in', 'POST /pay › other']);
  });
});
