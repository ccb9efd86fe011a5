import { expect, it } from 'vitest';
import { visibleText } from '../../src/proof/visible-text.ts';

it.each([
  ['joins what inline elements split', '<p>Tot<b>al</b>: 3<!-- --> items</p>', 'Total: 3 items'],
  ['keeps blocks apart', '<ul><li>Tea</li><li>Milk</li></ul>', 'Tea Milk'],
  [
    'drops head, scripts and styles',
    '<head><title>T</title></head><style>a{}</style>A<script>if(1<2){}</script>',
    'A',
  ],
  ['drops hidden elements with all they hold', '<div hidden><div>no</div></div><p>yes</p>', 'yes'],
  [
    'does not take an attribute value for the hidden attribute',
    '<p title="hidden gem">shown</p>',
    'shown',
  ],
  ['reads a tag whose attribute holds a bracket', '<p title="a > b">ok</p>', 'ok'],
  ['decodes entities once', '&lt;b&gt; &amp;lt; caf&#233; &#x20AC;&nbsp;5', '<b> &lt; café € 5'],
  ['leaves unknown entities and lone signs', 'a < b &unheard; c', 'a < b &unheard; c'],
])('%s', (_title, html, text) => {
  expect(visibleText(html)).toBe(text);
});
