import { ts } from '../../kernel/syntax.ts';
import { spreadFields } from './composites.ts';
import { libraryElement } from './libraries.ts';
import type { Machine } from './machine.ts';
import { fieldsCell } from './terms.ts';
import { literal, type Scope, stringOf, UNDEFINED, type Value } from './values.ts';

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
  if (type.kind === 'special' && type.name === 'Provider')
    type.call?.([props.get('value') ?? UNDEFINED], opening);
  const content = { kind: 'jsx' as const, parts: children(machine, inside, scope) };
  if (type.kind === 'special' && type.element) return type.element;
  if (type.kind !== 'closure') {
    const renders = content.parts.find(({ kind }) => kind === 'closure');
    return libraryElement(machine, type, { props, renders, node: opening }) ?? content;
  }
  machine.rendered.add(tagName.getText());
  if (inside.length > 0) props.set('children', content);
  const given: Value = { kind: 'object', fields: fieldsCell(props), open: false };
  return machine.settle(machine.call(type, [given], opening), opening);
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
