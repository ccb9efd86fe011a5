import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { flatten, readEndings } from '../../../src/report/endings.ts';
import { loadAssets } from '../../../src/report/html/assets.ts';
import { htmlReporter } from '../../../src/report/html/html.ts';
import type { Report } from '../../../src/report/report.ts';
import { HOSTILE, hostileReport } from '../../setup/report-hostile.ts';
import { largeReport, reportOf, sampleReport, sampleSources } from '../../setup/report-sample.ts';
import { readTags, type Tag } from '../../setup/tags.ts';

const assets = await loadAssets();
const reporter = {
  render: (report: Report, sources: ReadonlyMap<string, string>) =>
    unpacked(htmlReporter(assets).render(report, sources)),
};
/** The page with the endings it keeps as text made elements, so that they are read as well. */
function unpacked(html: string): string {
  return html.replaceAll(
    /<script type="text\/html"([^>]*)>([\s\S]*?)<\/script>/g,
    '<template$1>$2</template>',
  );
}

const page = reporter.render(sampleReport, sampleSources);
const tags = readTags(page);
const of = (name: string) => tags.filter((tag) => tag.name === name);
const classed = (name: string) =>
  tags.filter((tag) => tag.attributes['class']?.split(' ').includes(name));
const template = (slug: string) => {
  const start = page.indexOf(`<template id="plan-${slug}`);
  return `${page.slice(start, page.indexOf('</template>', start))}</template>`;
};

describe('the page', () => {
  it('has a row and a template for every ending, and a way to each', () => {
    const anchors = flatten(readEndings(sampleReport).flatMap((route) => route.endings)).map(
      (ending) => ending.anchor,
    );
    expect(
      classed('ending')
        .map((tag) => tag.attributes['href']?.slice(1))
        .toSorted(),
    ).toEqual(anchors.toSorted());
    expect(
      of('template')
        .map((tag) => tag.attributes['id']?.slice(5))
        .toSorted(),
    ).toEqual(anchors.toSorted());
  });

  it('has no link that leads nowhere and no id twice', () => {
    const ids = tags.flatMap((tag) => tag.attributes['id'] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { attributes } of tags.filter((tag) => tag.attributes['href']?.startsWith('#'))) {
      const target = attributes['href']!.slice(1);
      expect(ids.includes(target) || ids.includes(`plan-${target}`), target).toBe(true);
    }
  });

  it('needs nothing from anywhere', () => {
    expect(tags.filter((tag) => 'src' in tag.attributes)).toEqual([]);
    expect(of('link')).toEqual([]);
    expect(page).not.toMatch(/\b(https?:)?\/\/[\w-]+\.[a-z]{2,}|@import|url\((?!#)/i);
    expect(
      tags.flatMap((tag) => tag.attributes['href'] ?? []).every((href) => href.startsWith('#')),
    ).toBe(true);
  });

  it('groups routes by what their paths begin with, pages among them', () => {
    const groups = classed('group').map((tag) => tag.attributes['aria-label']);
    expect(groups).toEqual([
      '/admin',
      '/books',
      '/fines',
      '/loans',
      '/members',
      '/my',
      '/reports',
      '/sessions',
    ]);
    expect(classed('route').filter((tag) => tag.attributes['data-kind'] === 'page')).toHaveLength(
      1,
    );
    const api = { ...largeReport(1), title: 'api' };
    expect(reporter.render(api, sampleSources)).toContain('aria-label="/branches"');
  });

  it('folds routes away where there are many endings, but not those with something unproven', () => {
    const many = readTags(reporter.render(largeReport(16), sampleSources));
    const routes = many.filter((tag) => tag.attributes['class'] === 'route');
    const closed = routes.filter((tag) => !('open' in tag.attributes));
    expect(closed.map((tag) => tag.attributes['data-text'])).toEqual(
      Array.from({ length: 16 }, (_, index) =>
        expect.stringContaining(`branches/${index}/loans/:id/return`),
      ),
    );
  });

  it('is whole without endings, findings or sources', () => {
    const empty = reporter.render({ ...reportOf([]), findings: [] }, new Map());
    expect(readTags(empty).filter((tag) => tag.name === 'template')).toEqual([]);
    expect(empty).toContain('Nothing: every ending was proven.');
    const blind = reporter.render(sampleReport, new Map());
    expect(blind).not.toContain('class="excerpt"');
    expect(blind).toContain('src/routes/loans.ts:16');
  });
});

describe('a plan', () => {
  it('reads as Given, When, Then and Because', () => {
    const titles = readTags(template('post-loans-created-')).filter((tag) => tag.name === 'h3');
    expect(titles.map((tag) => tag.text)).toEqual(['Given', 'When', 'Then', 'Because', 'Variants']);
  });

  it('draws its rows, and names them for those who don’t see the drawing', () => {
    const [graph] = readTags(template('post-loans-created-')).filter(
      (tag) => tag.attributes['role'] === 'img',
    );
    expect(graph?.attributes['aria-label']).toBe(
      'Rows: member in members; book in books; copy in copies (book_id → book)',
    );
  });

  it('sets apart what is bound when the state is set up', () => {
    const bound = readTags(template('post-loans-id-renew-renewed')).filter(
      (tag) => tag.attributes['class'] === 'bound',
    );
    expect(bound.map((tag) => tag.text)).toEqual(['loan.id']);
  });

  it('puts what came back beside what was expected, and links the ending it fits', () => {
    const text = template('post-loans-card-suspended');
    const rows = readTags(text).filter(
      (tag) => tag.name === 'tr' && tag.attributes['class'] === 'off',
    );
    expect(rows.map((tag) => tag.text)).toEqual([
      'body.error"card_suspended"not as expected: "card_expired"',
    ]);
    expect(text).toMatch(/What came back fits <a href="#post-loans-card-expired-[0-9a-f]{6}">/);
  });

  it('shows the line each condition was read from', () => {
    const hits = readTags(template('post-loans-fines-unpaid')).filter(
      (tag) => tag.attributes['class'] === 'hit',
    );
    expect(hits.at(-1)?.text).toBe("14if (owed > 1000) throw new Refused('fines_unpaid', 402);");
    expect(hits).toHaveLength(6);
  });
});

describe('for every reader', () => {
  it('names every control, and every figure that is not decoration', () => {
    for (const tag of of('button'))
      expect(tag.attributes['aria-label'] ?? tag.text.trim(), JSON.stringify(tag)).not.toBe('');
    for (const tag of of('a')) expect(tag.text.trim()).not.toBe('');
    for (const tag of [...of('input'), ...of('select')])
      expect(tag.inside.includes('label'), tag.attributes['name']).toBe(true);
    for (const tag of of('svg')) {
      const { role, 'aria-label': label, 'aria-hidden': hidden } = tag.attributes;
      expect(hidden === 'true' || (role === 'img' && label !== ''), JSON.stringify(tag)).toBe(true);
    }
  });

  it('has landmarks, one first heading, and no heading level left out', () => {
    for (const name of ['header', 'main', 'nav', 'aside']) {
      expect(
        of(name).filter((tag) => !tag.inside.includes('template')),
        name,
      ).toHaveLength(1);
    }
    const levels = tags
      .filter((tag) => /^h\d$/.test(tag.name) && !tag.inside.includes('template'))
      .map((tag) => Number(tag.name[1]));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of levels.entries())
      expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
  });

  it('tells verdicts apart without colour: each has an icon of its own and its name', () => {
    const marks = classed('mark').filter((tag) => tag.inside.includes('a'));
    expect(marks.length).toBeGreaterThan(49);
    for (const tag of marks) expect(tag.attributes['class']).toBe(`mark ${tag.text}`);
    const shapes = [...assets.icons.matchAll(/id="i-(\w+)"[^>]*>(.*?)<\/symbol>/g)].map(
      ([, , shape]) => shape,
    );
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  it('opens nothing by force: only -1 and 0 as tab indexes', () => {
    expect(
      tags
        .flatMap((tag) => tag.attributes['tabindex'] ?? [])
        .every((index) => index === '0' || index === '-1'),
    ).toBe(true);
  });
});

describe('hostile text', () => {
  const report = hostileReport();
  const sources = new Map(
    [...sampleSources].map(([file, text]) => [
      file,
      `${text.replaceAll('\n', ` // ${HOSTILE.join(' ')}\n`)}`,
    ]),
  );
  const hostile = reporter.render(report, sources);
  const found = readTags(hostile);
  const shape = ({ name, attributes }: Tag) => `${name} ${Object.keys(attributes)}`;

  it('adds no element and no attribute to the page', () => {
    const harmless = reporter.render(
      JSON.parse(
        JSON.stringify(report).replaceAll(JSON.stringify(HOSTILE.join(' ')).slice(1, -1), 'x'),
      ),
      sampleSources,
    );
    const kinds = new Set(readTags(harmless).map(shape));
    for (const tag of found) expect(kinds).toContain(shape(tag));
    expect(found.filter((tag) => tag.name === 'script')).toHaveLength(3);
  });

  it('is shown with its hidden characters told', () => {
    expect(hostile).toContain('user⟨U+202E⟩txt.exe⟨U+2066⟩⟨U+200B⟩⟨U+00AD⟩');
    const own = Object.values(assets).reduce((text, asset) => text.replace(asset, ''), hostile);
    expect(own.replaceAll(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  });

  it('stays data where plans are embedded', () => {
    const json = hostile
      .split('<script type="application/json" id="plans">')[1]!
      .split('</script>')[0]!;
    expect(json).not.toMatch(/[<>&]/);
    expect(Object.values(JSON.parse(json))).toEqual(expect.arrayContaining([report.plans[0]]));
  });

  it('could not run if it got through: scripts and styles are named by their hash', () => {
    const policy =
      of('meta').find((tag) => tag.attributes['http-equiv'])?.attributes['content'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    for (const name of ['style', 'script']) {
      const bodies = [...page.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'))].map(
        ([, body = '']) => body,
      );
      expect(bodies.length).toBeGreaterThan(0);
      for (const body of bodies)
        expect(policy).toContain(createHash('sha256').update(body).digest('base64'));
    }
    expect(
      tags.some(
        (tag) =>
          'style' in tag.attributes ||
          Object.keys(tag.attributes).some((key) => key.startsWith('on')),
      ),
    ).toBe(false);
  });
});
