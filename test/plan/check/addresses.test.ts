import { expect, test } from 'vitest';
import { hostsIn, isForeign } from '../../../src/plan/check/addresses.ts';

const OWN = ['^https:\\/\\/hooks\\.acme\\.com\\/', '.partner.dev', 'staff@acme.com'];
const foreignIn = (text: string, key = 'note') =>
  hostsIn(text, key).filter((host) => isForeign(host, OWN));

test.each([
  ['https://Collector.dev/steal?x=1', 'collector.dev'],
  ['see http://collector.dev, then go', 'collector.dev'],
  ['https:collector.dev', 'collector.dev'],
  ['https:\\\\collector.dev', 'collector.dev'],
  ['//collector.dev', 'collector.dev'],
  ['/\t/collector.dev', 'collector.dev'],
  ['\\\\collector.dev\\share', 'collector.dev'],
  ['?to=%2f%2fcollector.dev', 'collector.dev'],
  ['https://acme.com@collector.dev', 'collector.dev'],
  ['https://collector.dev\\@acme.com', 'collector.dev'],
  ['https://acme.com.collector.dev', 'acme.com.collector.dev'],
  ['https://notacme.com', 'notacme.com'],
  ['https://0x7f000001/', '127.0.0.1'],
  ['http://[::1]:80/', '[::1]'],
  ['redis://localhost:6379', 'localhost'],
  ['file:///etc/passwd', 'file:///etc/passwd'],
  ['data://text', 'text'],
  ['Thief <thief@collector.dev>', 'collector.dev'],
  ['thief@collector。dev', 'collector.dev'],
  ['{"to":"thief@collector.dev"}', 'collector.dev'],
])('%j leads to somebody else', (text, host) => {
  expect(foreignIn(text)).toContain(host);
});

test.each([
  'https://example.com/mug.png',
  'https://shop.example.org',
  'person@example.test',
  'https://hooks.acme.com/x',
  'https://eu.partner.dev',
  'someone@acme.com',
  '/images/mug.png',
  'mug.png',
  'orders.read',
  'react@18.2.0',
  '@acme/ui',
  'Ratio 4:3, 10:30, and // or so',
  'https',
  'a file: none',
  'Tea & cake / 2',
])('%j leads nowhere, or where the code says', (text) => {
  expect(foreignIn(text)).toEqual([]);
});

test.each(['host', 'shop_domain', 'callbackHost', 'x-server', 'Origin'])(
  'a bare name is a machine’s where the text is called %s',
  (key) => {
    expect(foreignIn('collector.dev:8080/x', key)).toEqual(['collector.dev']);
    expect(foreignIn('localhost', key)).toEqual(['localhost']);
    expect(foreignIn('localhost')).toEqual([]);
  },
);
