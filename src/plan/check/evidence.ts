import { problem, type Rule } from './context.ts';

/** Every piece of evidence is a place the model knows. */
export const resolvedEvidence: Rule = ({ plan, model }) => {
  const known = placesIn(model);
  return plan.evidence.flatMap(({ file, symbol, hash }, index) =>
    known.has(`${file}\n${hash}`)
      ? []
      : [problem('unknownEvidence', `evidence.${index}`, { file, symbol })],
  );
};

const KNOWN = new WeakMap<object, ReadonlySet<string>>();

function placesIn(model: object): ReadonlySet<string> {
  const before = KNOWN.get(model);
  if (before) return before;
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const [file, hash] = [Reflect.get(value, 'file'), Reflect.get(value, 'hash')];
    if (typeof file === 'string' && typeof hash === 'string') found.add(`${file}\n${hash}`);
    Object.values(value).forEach(visit);
  };
  visit(model);
  KNOWN.set(model, found);
  return found;
}
