import { ts } from '../../kernel/syntax.ts';
import { spreadFields } from './composites.ts';
import { isFalse, TRUE } from './formula.ts';
import { place, whenShown, withInside } from './inside.ts';
import { libraryElement } from './libraries.ts';
import type { Machine } from './machine.ts';
import { branch } from './path.ts';
import { fieldsCell } from './terms.ts';
import {
  literal,
  openCell,
  type Scope,
  type Special,
  stringOf,
  UNDEFINED,
  type Value,
} from './values.ts';

/** An element as the texts it shows, with the conditions they stand under. */
export function jsxElement(
  machine: Machine,
  node: ts.JsxElement | ts.JsxSelfClosingElement | ts.JsxFragment,
  scope: Scope,
): Value {
  if (ts.isJsxFragment(node))
    return { kind: 'jsx', parts: children(machine, node.children, scope) };
  const opening = ts.isJsxElement(node) ? node.openingElement : node;
  const inside = ts.isJsxElement(node) ? node.children : [];
  if (isIntrinsic(opening.tagName)) {
    const name = opening.tagName.getText();
    if (name === 'script') return scriptOf(attributes(machine, opening.attributes, scope));
    if (UNSEEN.test(name)) return { kind: 'jsx', parts: [] };
    return { kind: 'jsx', parts: children(machine, inside, scope) };
  }
  return component(machine, { opening, inside }, scope);
}

/** Elements whose texts nobody reads on the page. */
const UNSEEN = /^(title|style|template|noscript)$/;

/** A script shows nothing; where it comes from tells which code runs in the browser. */
function scriptOf(attributes: readonly (readonly [string, Value])[]): Value {
  const source = stringOf(new Map(attributes).get('src'));
  const part: Value[] = source === undefined ? [] : [{ kind: 'special', name: `script:${source}` }];
  return { kind: 'jsx', parts: part };
}

function isIntrinsic(name: ts.JsxTagNameExpression): boolean {
  return ts.isIdentifier(name) ? /^[a-z]/.test(name.text) : ts.isJsxNamespacedName(name);
}

function component(
  machine: Machine,
  { opening, inside }: { opening: ts.JsxOpeningLikeElement; inside: readonly ts.JsxChild[] },
  scope: Scope,
): Value {
  const { tagName } = opening;
  const type = ts.isJsxNamespacedName(tagName)
    ? UNDEFINED
    : machine.evaluate(tagName as ts.Expression, scope);
  const props = new Map(attributes(machine, opening.attributes, scope));
  const content = () => ({ kind: 'jsx' as const, parts: children(machine, inside, scope) });
  if (type.kind === 'closure') {
    machine.rendered.add(tagName.getText());
    return rendered(machine, type, { props, content: inside.length > 0 ? content : null, opening });
  }
  if (type.kind === 'special') provide(type, props, opening);
  const shown = content();
  if (type.kind === 'special' && type.element) return type.element;
  const renders = shown.parts.find(({ kind }) => kind === 'closure');
  return libraryElement(machine, type, { props, renders, node: opening }) ?? shown;
}

/** `<Context.Provider value={…}>`, or `<Context value={…}>` since React 19. */
function provide(type: Special, props: ReadonlyMap<string, Value>, node: ts.Node): void {
  const provider = type.name === 'context' ? type.get?.('Provider', node) : type;
  if (provider?.kind === 'special' && provider.name === 'Provider')
    provider.call?.([props.get('value') ?? UNDEFINED], node);
}

interface Rendered {
  readonly props: Map<string, Value>;
  readonly content: (() => Value) | null;
  readonly opening: ts.JsxOpeningLikeElement;
}

/** The app's own component, then what stands inside it: it may provide the contexts that this reads. */
function rendered(machine: Machine, type: Value, { props, content, opening }: Rendered): Value {
  const inside = place();
  const given: Value = { kind: 'object', fields: fieldsCell(props), open: openCell(false) };
  if (content) props.set('children', inside);
  const own = machine.browser?.effects.length ?? 0;
  const screen = machine.settle(machine.call(type, [given], opening), opening);
  if (!content || machine.path.dead || machine.path.answered) return screen;
  const effects = machine.browser?.effects.splice(own) ?? [];
  const when = whenShown(screen, inside);
  const { yes } = branch(machine, isFalse(when) ? TRUE : when, {
    yes: content,
    no: () => UNDEFINED,
  });
  // Effects of what stands inside run first.
  machine.browser?.effects.push(...effects);
  return withInside(screen, inside, yes ?? UNDEFINED);
}

function attributes(machine: Machine, node: ts.JsxAttributes, scope: Scope): [string, Value][] {
  return node.properties.flatMap((property): [string, Value][] => {
    if (ts.isJsxSpreadAttribute(property)) {
      return [...spreadFields(machine.evaluate(property.expression, scope)).fields];
    }
    return [[property.name.getText(), attributeValue(machine, property, scope)]];
  });
}

function attributeValue(machine: Machine, property: ts.JsxAttribute, scope: Scope): Value {
  const { initializer } = property;
  if (!initializer) return literal(true);
  if (ts.isStringLiteral(initializer)) return literal(initializer.text);
  if (!ts.isJsxExpression(initializer)) return jsxElement(machine, initializer, scope);
  return initializer.expression ? machine.evaluate(initializer.expression, scope) : UNDEFINED;
}

function children(machine: Machine, nodes: readonly ts.JsxChild[], scope: Scope): Value[] {
  return nodes.flatMap((node): Value[] => {
    if (ts.isJsxText(node)) {
      const text = node.text.replace(/\s+/g, ' ');
      return text.trim() ? [literal(decoded(text.trim()))] : [];
    }
    if (!ts.isJsxExpression(node)) return [jsxElement(machine, node, scope)];
    return node.expression ? [machine.settle(machine.evaluate(node.expression, scope), node)] : [];
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  rsquo: '’',
  lsquo: '‘',
  ldquo: '“',
  rdquo: '”',
  mdash: '—',
  ndash: '–',
  hellip: '…',
  copy: '©',
};

function decoded(text: string): string {
  return text.replace(/&(#?\w+);/g, (whole, name: string) => {
    if (name.startsWith('#'))
      return String.fromCodePoint(Number(name.slice(1).replace(/^x/i, '0x')) || 32);
    return ENTITIES[name] ?? whole;
  });
}

/** Text between the tags of written HTML. */
export function htmlParts(texts: readonly string[], values: readonly Value[]): Value {
  const parts: Value[] = [];
  texts.forEach((text, index) => {
    const shown = text
      .replace(/<(script|style)[\s\S]*?<\/\1>/g, ' ')
      .replace(/<[^>]*>?|^[^<]*>/g, '\u0000');
    for (const piece of shown.split('\u0000')) {
      if (piece.trim()) parts.push(literal(decoded(piece.replace(/\s+/g, ' ').trim())));
    }
    const value = values[index];
    if (value) parts.push(value);
  });
  return { kind: 'jsx', parts };
}
