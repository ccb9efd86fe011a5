import type { Term } from '../../condition/condition.ts';
import { type Machine, type TokenClaim, type TokenUse, tableOfRow } from './machine.ts';
import { partsOf, termsIn, toTerm } from './terms.ts';
import { literalOf, type Value } from './values.ts';

const ALGORITHM = /^HS(256|384|512)$/;

/** Takes note of how a token is checked or made; `said` are its claims by name. */
export function noteToken(
  machine: Machine,
  {
    secret,
    made = false,
    kind = 'jwt',
    algorithms = [],
    said = [],
  }: {
    readonly secret: Value | undefined;
    readonly made?: boolean;
    readonly kind?: TokenUse['kind'];
    /** Whatever may name the algorithm. */
    readonly algorithms?: readonly (Value | undefined)[];
    readonly said?: readonly (readonly [string, Value | undefined])[];
  },
): void {
  const claims = said.flatMap(([name, value]) => {
    const claim = value && claimIn(machine, value);
    return claim ? [[name, claim] as const] : [];
  });
  machine.tokens.push({
    kind,
    made,
    secret: variableIn(secret),
    algorithm: algorithms.map(algorithmIn).find((each) => each !== undefined) ?? 'HS256',
    claims: Object.fromEntries(claims),
  });
}

/** The variable of the environment a secret comes from. */
function variableIn(secret: Value | undefined): string | null {
  const terms = secret ? termsIn(secret).flatMap(partsOf) : [];
  const found = terms.find((part) => part.kind === 'env');
  return found?.kind === 'env' ? found.name : null;
}

function algorithmIn(value: Value | undefined): TokenUse['algorithm'] | undefined {
  if (value?.kind === 'array') return algorithmIn(value.items.value[0]?.value);
  const name = value ? literalOf(value) : undefined;
  return typeof name === 'string' && ALGORITHM.test(name)
    ? (name as TokenUse['algorithm'])
    : undefined;
}

function claimIn(machine: Machine, value: Value): TokenClaim | undefined {
  const plain = literalOf(value);
  if (plain !== undefined && typeof plain !== 'object') return { value: plain };
  const found = partsOf(toTerm(value)).find((part) => part.kind === 'column');
  if (found?.kind !== 'column') return undefined;
  const table = tableOfRow(machine, found.row);
  return table && { table: table.id, column: found.column };
}

/** The claim a term is, or is made of: `field(tokenClaims(…), 'sub')`. */
export function claimOf(whole: Term): string | null {
  for (const part of partsOf(whole)) {
    if (part.kind !== 'call' || part.fn !== 'field') continue;
    const [owner, name] = part.args;
    const isClaims = owner?.kind === 'call' && owner.fn === 'tokenClaims';
    if (isClaims && name?.kind === 'literal') return String(name.value);
  }
  return null;
}
