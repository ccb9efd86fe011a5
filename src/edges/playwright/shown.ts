import type { Page } from '@playwright/test';

/** Letters as they are written, whatever case a style shows them in; the page is left as it was. */
const READ = `(() => {
  const plain = new CSSStyleSheet();
  plain.replaceSync('* { text-transform: none !important }');
  const own = document.adoptedStyleSheets;
  document.adoptedStyleSheets = [...own, plain];
  const text = document.body?.innerText ?? '';
  document.adoptedStyleSheets = own;
  return text;
})()`;

/** The text a page shows, runs of white space as one blank. */
export async function shown(page: Page): Promise<string> {
  const text = await page.evaluate<string>(READ);
  return text.replace(/\s+/g, ' ').trim();
}
