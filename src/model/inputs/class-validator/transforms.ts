import type { JsonSchema } from '../../reader.ts';
import type { Made } from './decorated.ts';

/** What `@Type` and `@Transform` make of a value before it is checked. */
export function transforms(decorators: readonly Made[], json: JsonSchema): JsonSchema {
  const all = decorators.filter((each) => each.package === 'class-transformer');
  return Object.assign({}, ...all.map((each) => transform(each, json)));
}

function transform({ name, args }: Made, json: JsonSchema): JsonSchema {
  const [work] = args;
  if (work?.kind !== 'function') return {};
  if (name === 'Type') return typed(work.node.getText(), json);
  if (name !== 'Transform') return {};
  const text = work.node.getText();
  if (/Number\(|parseInt\(|parseFloat\(|toNumber\(/.test(text)) return { 'x-coerce': true };
  const done = ['trim', 'toLowerCase', 'toUpperCase'].filter((each) => text.includes(`.${each}(`));
  const trips = trippingOver(text);
  return {
    'x-transform': done.length > 0 ? done : [text.replace(/\s+/g, ' ')],
    ...(trips ? { 'x-trips': trips } : {}),
  };
}

/** What a function throws at before anything is checked: what is no text, what is no JSON. */
function trippingOver(text: string): 'json' | 'text' | undefined {
  if (/\b(try|typeof|isString|instanceof)\b/.test(text)) return undefined;
  if (/\bJSON\.parse\((\w+\.)?value\)/.test(text)) return 'json';
  return TEXTUAL.test(text) ? 'text' : undefined;
}

/** A method of texts alone, called on the value. */
const TEXTUAL =
  /\bvalue\??\.(trim|toLowerCase|toUpperCase|split|replace|replaceAll|startsWith|endsWith|normalize|trimStart|trimEnd)\(/;

/** `@Type(() => Number)`. */
function typed(text: string, json: JsonSchema): JsonSchema {
  if (/=>\s*Number\b/.test(text)) return numeric(json) ? { 'x-coerce': true } : {};
  if (/=>\s*Date\b/.test(text)) return { type: 'string', format: 'date-time', 'x-type': 'date' };
  return {};
}

function numeric(json: JsonSchema): boolean {
  return ['number', 'integer'].includes(String(json['type']));
}
