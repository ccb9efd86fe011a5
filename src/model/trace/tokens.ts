import type { Term } from '../../condition/condition.ts';
import { claimPath } from '../../condition/logic.ts';
import { type Machine, type TokenClaim, type TokenUse, tableOfRow } from './machine.ts';
import { partsOf, termsIn, toTerm } from './terms.ts';
import { literalOf, UNDEFINED, type Value } from './values.ts';

const ALGORITHM = /^HS(256|384|512)$/;

/** Takes note of how a token is checked or made; `payload` holds its claims, `said` are more of them by name. */
export function noteToken(
  machine: Machine,
  {
    secret,
    made = false,
    kind = 'jwt',
    algorithms = [],
    payload = UNDEFINED,
    said = [],
  }: {
    readonly secret: Value | undefined;
    readonly made?: boolean;
    readonly kind?: TokenUse['kind'];
    /** Whatever may name the algorithm. */
    readonly algorithms?: readonly (Value | undefined)[];
    readonly payload?: Value;
    readonly said?: readonly (readonly [string, Value | undefined])[];
  },
): void {
  const claims = [
    ...claimsIn(machine, payload),
    ...said.flatMap(([name, value]) => (value ? claimsIn(machine, value, [name]) : [])),
  ];
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

/** As deep as claims lie in each other. */
const DEEPEST = 3;

/** The claims of a payload by their dotted paths: those of a whole row are its columns, as code calls them. */
function claimsIn(
  machine: Machine,
  value: Value,
  path: readonly string[] = [],
): (readonly [string, TokenClaim])[] {
  const inside = (fields: Iterable<readonly [string, Value]>) =>
    path.length < DEEPEST
      ? [...fields].flatMap(([name, each]) => claimsIn(machine, each, [...path, name]))
      : [];
  if (value.kind === 'object') return inside(value.fields.value);
  if (value.kind === 'choice')
    return [...claimsIn(machine, value.no, path), ...claimsIn(machine, value.yes, path)];
  if (value.kind === 'row') {
    const { table } = value;
    const columns = (table?.columns ?? []).map(({ property, name }) => {
      const claim = { table: table?.id ?? '', column: name };
      return [[...path, property].join('.'), claim] as const;
    });
    return [...columns, ...inside(value.fields)];
  }
  const claim = path.length > 0 ? claimIn(machine, value) : undefined;
  return claim ? [[path.join('.'), claim]] : [];
}

function claimIn(machine: Machine, value: Value): TokenClaim | undefined {
  const plain = literalOf(value);
  if (plain !== undefined && typeof plain !== 'object') return { value: plain };
  const found = partsOf(toTerm(value)).find((part) => part.kind === 'column');
  if (found?.kind !== 'column') return undefined;
  const table = tableOfRow(machine, found.row);
  return table && { table: table.id, column: found.column };
}

/** The claim a term is, or is made of, by its dotted path: `field(field(tokenClaims(…), 'user'), 'id')`. */
export function claimOf(whole: Term): string | null {
  for (const part of partsOf(whole)) {
    const path = claimPath(part);
    if (path && path.length > 0) return path.join('.');
  }
  return null;
}
