import { ts } from '../../kernel/syntax.ts';
import type { Component } from '../model.ts';

type Field = Component['fields'][number];
type Tag = ts.JsxOpeningElement | ts.JsxSelfClosingElement;

/** What a component shows and asks for: fields with their accessible names, buttons, literal texts. */
export function readForm(component: ts.Node): {
  fields: Field[];
  buttons: string[];
  text: string[];
} {
  const labels = new Map<string, string>();
  const fields: Field[] = [];
  const buttons = new Set<string>();
  const text = new Set<string>();
  each(component, (node) => {
    if (!isTag(node) || tagName(node) !== 'label') return;
    const target = attribute(node, 'htmlFor');
    if (target) labels.set(target, textOf(node.parent));
  });
  each(component, (node) => {
    for (const literal of literalsOf(node)) text.add(literal);
    if (!isTag(node)) return;
    const name = tagName(node);
    if (name === 'button') buttons.add(attribute(node, 'aria-label') ?? textOf(node.parent));
    else if (name === 'input' && attribute(node, 'type') === 'submit') {
      buttons.add(attribute(node, 'value') ?? 'Submit');
    } else {
      const field = readField(node, labels);
      if (field) fields.push(field);
    }
  });
  return { fields, buttons: [...buttons].filter(Boolean), text: [...text] };
}

const CONTROLS = new Set(['input', 'select', 'textarea']);

/** A native control, or a component of the app's own that takes a literal `name` and `label`. */
function readField(tag: Tag, labels: ReadonlyMap<string, string>): Field | null {
  const name = attribute(tag, 'name') ?? attribute(tag, 'id');
  const own = /^[A-Z]/.test(tagName(tag)) && attribute(tag, 'label') && attribute(tag, 'name');
  if (!name || !(CONTROLS.has(tagName(tag)) || own)) return null;
  const label =
    attribute(tag, 'aria-label') ??
    attribute(tag, 'label') ??
    labels.get(attribute(tag, 'id') ?? '') ??
    enclosingLabel(tag) ??
    attribute(tag, 'placeholder');
  return {
    name,
    label: label ?? null,
    type: attribute(tag, 'type') ?? (tagName(tag) === 'input' || own ? 'text' : tagName(tag)),
    required: has(tag, 'required'),
  };
}

function enclosingLabel(node: ts.Node): string | undefined {
  for (let at: ts.Node = node.parent; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isJsxElement(at) && at.openingElement.tagName.getText() === 'label') return textOf(at);
    if (ts.isFunctionLike(at)) return undefined;
  }
  return undefined;
}

/** The literal text inside an element, whitespace as a browser collapses it. */
function textOf(node: ts.Node): string {
  const parts: string[] = [];
  each(node, (child) => parts.push(...literalsOf(child)));
  return parts.join(' ');
}

function literalsOf(node: ts.Node): string[] {
  if (ts.isJsxText(node)) return clean(node.text);
  if (!ts.isStringLiteralLike(node)) return [];
  let at: ts.Node = node.parent;
  while (
    ts.isConditionalExpression(at) ||
    ts.isBinaryExpression(at) ||
    ts.isParenthesizedExpression(at)
  ) {
    at = at.parent;
  }
  return ts.isJsxExpression(at) && !ts.isJsxAttribute(at.parent) ? clean(node.text) : [];
}

function clean(text: string): string[] {
  const collapsed = text.replace(/\s+/g, ' ').trim();
  return collapsed ? [collapsed] : [];
}

function isTag(node: ts.Node): node is Tag {
  return ts.isJsxOpeningElement(node) || ts.isJsxSelfClosingElement(node);
}

function tagName(tag: Tag): string {
  return tag.tagName.getText();
}

function has(tag: Tag, name: string): boolean {
  return tag.attributes.properties.some(
    (item) => ts.isJsxAttribute(item) && item.name.getText() === name,
  );
}

function attribute(tag: Tag, name: string): string | undefined {
  for (const item of tag.attributes.properties) {
    if (!ts.isJsxAttribute(item) || item.name.getText() !== name) continue;
    const { initializer } = item;
    if (initializer && ts.isStringLiteral(initializer)) return initializer.text;
    const inner =
      initializer && ts.isJsxExpression(initializer) ? initializer.expression : undefined;
    if (inner && ts.isStringLiteralLike(inner)) return inner.text;
  }
  return undefined;
}

function each(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => each(child, visit));
}
