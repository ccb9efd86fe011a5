import { type Finding, finding } from '../kernel/finding.ts';
import type { Cache, Package, Program } from '../repo/repo.ts';
import { withoutHandedOn } from './handed-on.ts';
import { remembered } from './kept.ts';
import type { Endpoint, Endpoints } from './reader.ts';
import { frameworks } from './registry.ts';

/** A package with what its frameworks' readers found, as far as it can be kept. */
export interface Deployable {
  readonly owner: Package;
  /** The code as this package's reading sees it. */
  readonly program: Program;
  readonly said: Said;
  /** The endpoints themselves, which hold code: read when first asked for. */
  readonly endpoints: () => readonly Endpoint[];
}

interface Said {
  readonly frameworks: readonly string[];
  /** The file each endpoint is registered in. */
  readonly places: readonly string[];
  readonly findings: readonly Finding[];
  readonly unparsable: readonly Finding[];
}

/** What all frameworks of a package find together. */
export function readPackage(whole: Program, owner: Package, cache: Cache): Deployable {
  const program = whole.apart();
  let found: Found | undefined;
  const read = () => {
    found ??= readAll(program, owner);
    return found;
  };
  const beside = whole.apart();
  const said = remembered({ cache, program, beside }, `package ${owner.root}`, (): Said => {
    const { frameworks: names, endpoints, findings } = read();
    const places = endpoints.map(({ at }) => at.file);
    const told = findings(beside);
    const unparsable = [...program.findings(), ...beside.findings()];
    return { frameworks: names, places, findings: told, unparsable };
  });
  return { owner, program, said, endpoints: () => read().endpoints };
}

interface Found extends Pick<Endpoints, 'endpoints'> {
  readonly frameworks: readonly string[];
  readonly findings: (beside: Program) => readonly Finding[];
}

function readAll(program: Program, owner: Package): Found {
  const uses = dependenciesOf(program, owner);
  const read = frameworks
    .filter(({ packages }) => packages.some((name) => uses.has(name)))
    .map((framework) => ({
      name: framework.name,
      found: guarded(owner, () => framework.read(program, owner.root), NO_ENDPOINTS),
    }));
  const used = read.filter(({ found }) => found.endpoints.length > 0);
  return {
    frameworks: used.map(({ name }) => name),
    endpoints: withoutHandedOn(read.map(({ found }) => found.endpoints)),
    findings: (beside) =>
      read.flatMap(({ found }) => [...found.findings, ...(found.leftOver?.(beside) ?? [])]),
  };
}

const NO_ENDPOINTS = { endpoints: [], findings: [] };

/** What a package may import: its own dependencies, and in a workspace what the root has for all. */
export function dependenciesOf(program: Program, owner: Package): ReadonlySet<string> {
  const shared = program.repo.packages.filter(({ root }) => /^[./]+$/.test(root));
  return new Set([owner, ...shared].flatMap(({ dependencies }) => dependencies));
}

/** Code nested too deeply for the stack is a finding; any other failure is a bug of ours and escapes. */
function guarded(
  owner: Package,
  read: () => Endpoints,
  otherwise: Omit<Endpoints, 'findings'>,
): Endpoints {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const facts = { package: owner.name, reason: 'the code nests too deeply' };
    return { ...otherwise, findings: [finding('model.gaveUp', { severity: 'error', facts })] };
  }
}
