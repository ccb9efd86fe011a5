import type { Place } from '../../condition/condition.ts';
import { ts } from '../../kernel/syntax.ts';
import type { Component } from '../model.ts';
import { placeOf } from '../place.ts';

/** The names of components and of all they render, in alphabetical order. */
export function renderedFrom(roots: readonly string[], components: readonly Component[]): string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const { renders } of components.filter((each) => each.name === name))
      for (const inner of renders) visit(inner);
  };
  for (const root of roots) visit(root);
  return [...found].filter((name) => components.some((each) => each.name === name)).sort();
}

/** The component an element renders. */
export function componentAround(element: ts.Node): { name: string; at: Place } {
  const opening = ts.isJsxOpeningElement(element) || ts.isJsxSelfClosingElement(element);
  return {
    name: opening ? element.tagName.getText() : placeOf(element).symbol,
    at: placeOf(element),
  };
}
