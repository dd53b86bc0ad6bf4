// SPDX-License-Identifier: Apache-2.0
// The built page in a browser: what it shows, what it must not do, and who can use it.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Pages, scrollThrough, template, violations } from './browser.ts';
import { makeReport, type Shape } from './fixtures.ts';

let pages: Pages;
beforeAll(async () => {
  pages = await Pages.start();
});
afterEach(async () => {
  await pages.closeAll();
});
afterAll(async () => {
  await pages?.stop();
});

describe('the template', () => {
  test('is small and has one place for the data', () => {
    expect(template.length).toBeLessThan(900_000);
    expect(template.split('<script type="application/json" id="report-data">')).toHaveLength(2);
  });
  test('forbids all network and all foreign scripts', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(template)?.[1] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'sha256-[^']+'(;|$)/);
    expect(policy).not.toMatch(/connect-src|http/);
  });
  test('carries the notices of what it holds', () => {
    expect(template).toContain('Apache ECharts');
    expect(template).toContain('ZRender');
  });
});

describe.each(['light', 'dark'] as const)('in the %s scheme', (colorScheme) => {
  test('axe finds nothing, nothing is fetched, nothing goes wrong', async () => {
    const { page, complaints } = await pages.open(makeReport({ classes: 24 }), { colorScheme });
    await scrollThrough(page);
    expect(await violations(page, /*contrast=*/ true)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

const states: Record<string, Partial<Shape>> = {
  'as many classes as Fruits-360': {},
  'no labels': { classes: 1, test: 0, label: () => '', failures: 0 },
  'no test photographs': { classes: 12, test: 0 },
  'one class': { classes: 1, label: () => 'Banana' },
  'two classes': { classes: 2 },
  'ten classes': { classes: 10 },
  'more classes than can be named': { classes: 420, tsnePoints: 900 },
  'no pictures': { pictures: false },
  'no t-SNE plot': { tsnePoints: 0 },
  'no failures, no mistakes': { failures: 0, wrong: 0 },
  'many failures': { failures: 1500 },
  'very long labels': {
    classes: 20,
    label: (i) => `${'A very long label without end '.repeat(6)}${i}`,
  },
  'one long word': { classes: 20, label: (i) => `${'x'.repeat(200)}${i}` },
};

describe.each(Object.entries(states))('with %s', (_, shape) => {
  test.each([
    ['a phone', 320],
    ['a desk', 1280],
  ])('the page stands on %s', async (_name, width) => {
    const { page, complaints } = await pages.open(makeReport(shape), {
      viewport: { width, height: 800 },
    });
    await scrollThrough(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(await page.locator('h1').innerText()).not.toMatch(/NaN|undefined|null/);
    expect(await page.locator('main').innerText()).not.toMatch(/NaN|undefined|null|Infinity/);
    expect(complaints).toEqual([]);
    expect(await violations(page, /*contrast=*/ false)).toEqual([]);
  });
});

test.each([{}, { run: {}, metrics: {} }, [], 'x'])('no figures, no fuss: %j', async (data) => {
  const { page, complaints } = await pages.open(data);
  expect(await page.locator('h1').count()).toBe(1);
  expect(complaints).toEqual([]);
});

test('a model that was trained on features tells what its run.json does not', async () => {
  const data = makeReport({ classes: 5 });
  const { page } = await pages.open({
    ...data,
    run: { verb: 'train', counts: { train: 300, test: 100 }, options: { reject_rate: 0.05 } },
    failures: { total: 0 },
  });
  expect(await page.locator('.lead').innerText()).toContain('learned 5 classes from 300');
  expect(await page.locator('.lead').innerText()).toContain(
    'reject 5.0\u202f% of the training photographs',
  );
  expect(await page.locator('.facts dd').allInnerTexts()).toEqual([
    '400\n300 to learn, 100 to test',
    '5\none a folder',
    expect.stringContaining('–'),
    expect.stringContaining('–'),
    '–\nnot known here',
  ]);
  const headings = await page.locator('table.classes thead th').allInnerTexts();
  expect(headings.join()).not.toContain('Learned');
});

test('labels and paths are text, whatever they hold', async () => {
  const nasty = (i: number) => `</script><img src=x onerror="window.pwned=1"><!--<script>{b|x}${i}`;
  const { page, complaints } = await pages.open(makeReport({ classes: 8, label: nasty }));
  await scrollThrough(page);
  await page.locator('.plot.tsne').focus();
  await page.keyboard.press('ArrowRight');
  expect(await page.locator('#tsne [aria-live]').innerText()).toContain('<img src=x');
  expect(await page.locator('.contact-sheet figcaption').first().innerText()).toBe(nasty(0));
  expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
  expect(complaints).toEqual([]);
});

describe('what people see', () => {
  test('the answer, the headline metric, and every section', async () => {
    const { page } = await pages.open(makeReport());
    await expect.poll(() => page.locator('h1').innerText()).toMatch(/^9\d\.\d.%/);
    expect(await page.locator('.interval').innerText()).toMatch(/\d–\d/);
    expect(await page.locator('#headline').innerText()).toContain('by group');
    expect(await page.locator('#warnings').innerText()).toContain('Warning: 2 photographs');
    expect(await page.locator('#leaks').innerText()).toMatch(/12 photographs have copies/);
    expect(await page.locator('#failures .skipped').innerText()).toContain('@eaDir');
    expect(await page.locator('.metrics > li').count()).toBe(3);
    const sections = await page
      .locator('main > section')
      .evaluateAll((all) => all.map(({ id }) => id));
    expect(sections).toEqual([
      'metrics',
      'tsne',
      'mistakes',
      'surest',
      'classes',
      'calibration',
      'judgements',
      'photographs',
      'variance',
      'time',
      'setup',
      'failures',
    ]);
    expect(await page.locator('.contact-sheet li').count()).toBe(131);
    expect(await page.locator('.contact-sheet img').first().evaluate(isDrawn)).toBe(true);
  });

  test('plots are drawn when they come into view, not before', async () => {
    const { page } = await pages.open(makeReport());
    expect(await page.locator('#time .plot svg').count()).toBe(0);
    await page.locator('#time').scrollIntoViewIfNeeded();
    await page.waitForSelector('#time .plot svg');
  });

  test('a mark of the t-SNE plot shows its photograph', async () => {
    const { page } = await pages.open(makeReport({ tsnePoints: 900 }));
    await page.locator('.plot.tsne').scrollIntoViewIfNeeded();
    await page.waitForSelector('.plot.tsne canvas');
    const box = await page.locator('.plot.tsne').boundingBox();
    if (box === null) throw new Error('the plot has no box');
    const shown = page.locator('.photo-card img');
    for (let x = 0.02; x < 1 && (await shown.count()) === 0; x += 0.01) {
      await page.mouse.move(box.x + box.width * x, box.y + box.height / 2);
    }
    expect(await shown.evaluate(isDrawn)).toBe(true);
    expect(await page.locator('.photo-card').innerText()).toMatch(/(test|training) photograph/);
  });

  test('the keyboard goes from photograph to photograph', async () => {
    const { page } = await pages.open(makeReport());
    await page.locator('.plot.tsne').scrollIntoViewIfNeeded();
    await page.waitForSelector('.plot.tsne canvas');
    await page.locator('#tsne .buttons button').last().focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowRight');
    const said = page.locator('#tsne [aria-live]');
    const first = await said.innerText();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    expect(await said.innerText()).not.toBe(first);
    expect(await page.locator('.photo-card img').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.photo-card').isVisible()).toBe(false);
  });

  test('the search brings classes out', async () => {
    const { page } = await pages.open(makeReport());
    await page.getByLabel('Bring out classes').fill('cherry, plum');
    expect(await page.locator('.finder output').innerText()).toMatch(
      /^29 classes, \d+ photographs$/,
    );
    expect(await page.locator('.finder li:visible').count()).toBe(29);
    await page.getByRole('button', { name: 'Show all classes' }).click();
    expect(await page.locator('.finder output').innerText()).toBe('131 classes, 300 photographs');
  });

  test('the confusion matrix leads to its pair, the pair to the t-SNE plot', async () => {
    const { page } = await pages.open(makeReport({ classes: 10, wrong: 0.2 }));
    await page.locator('#mistakes').scrollIntoViewIfNeeded();
    await page.waitForSelector('#mistakes .plot svg');
    const placeOfWrongAnswer = (svg: Element) => {
      const cells = [...svg.querySelectorAll('path')]
        .map((path) => path.getBoundingClientRect())
        .filter(({ width, height }) => width > 10 && Math.abs(width - height) < 1 && width < 200);
      // On the diagonal x grows with y; the first of the grid tells by how much.
      const [left, top] = [
        Math.min(...cells.map((c) => c.left)),
        Math.min(...cells.map((c) => c.top)),
      ];
      const wrong = cells.find(
        (cell) => Math.abs(cell.left - left - (cell.top - top)) > cell.width,
      );
      if (wrong === undefined) throw new Error('no wrong answer in the matrix');
      return [wrong.left + wrong.width / 2, wrong.top + wrong.height / 2] as const;
    };
    const pair = page.locator('.pair[data-selected]');
    // Again where plots above were drawn meanwhile and moved the matrix.
    const choose = async () => {
      const svg = page.locator('#mistakes .plot svg');
      const [x, y] = await svg.evaluate(placeOfWrongAnswer);
      await page.mouse.click(x, y);
      return pair.count();
    };
    await expect.poll(choose, { timeout: 15_000, interval: 300 }).toBe(1);
    expect(await page.locator('#mistakes .note').innerText()).toMatch(/ taken for .*\(\d/);
    expect(await pair.locator('img').count()).toBe(4);
    await pair.getByRole('button').click();
    expect(await page.locator('.finder [aria-pressed="true"]').count()).toBe(2);
  });

  test('the table sorts by every column, both ways', async () => {
    const { page } = await pages.open(makeReport({ classes: 30, wrong: 0.2 }));
    const table = page.locator('table.classes');
    const column = (index: number) =>
      table
        .locator(`tbody tr > :nth-child(${index})`)
        .allInnerTexts()
        .then((all) => all.map(parseFigure));
    for (const [index, name] of ['Recall', 'Tested', 'Precision', 'F1', 'Learned'].entries()) {
      const heading = table.locator('thead th', { hasText: name });
      await heading.getByRole('button').click();
      const once = await heading.getAttribute('aria-sort');
      expect(await column(index + 2)).toEqual(sorted(await column(index + 2), once));
      await heading.getByRole('button').click();
      const twice = await heading.getAttribute('aria-sort');
      expect(new Set([once, twice])).toEqual(new Set(['ascending', 'descending']));
      expect(await column(index + 2)).toEqual(sorted(await column(index + 2), twice));
      expect(await table.locator('[aria-sort]').count()).toBe(1);
    }
  });

  test('the table can be searched', async () => {
    const { page } = await pages.open(makeReport());
    await page.getByLabel('Filter by name').fill('banana');
    expect(await page.locator('table.classes tbody tr').count()).toBe(15);
    await page.getByLabel('Filter by name').fill('no such fruit');
    expect(await page.locator('table.classes tbody').innerText()).toContain('No class');
  });
});

describe('what was judged', () => {
  test('the worst mistakes show what is on them and what they were called', async () => {
    const { page } = await pages.open(makeReport({ classes: 30, wrong: 0.2 }));
    const cards = page.locator('.surest > li');
    expect(await cards.count()).toBeGreaterThan(12);
    expect(await cards.first().locator('h3').innerText()).toMatch(/^\w+ \d taken for \w+ \d$/);
    expect(await cards.first().locator('dd').allInnerTexts()).toEqual([
      '99.9\u202f%',
      '0.1\u202f%',
    ]);
    expect(await page.locator('.surest img').first().evaluate(isDrawn)).toBe(true);
    expect(await page.locator('#surest').innerText()).not.toContain('no pictures');
  });

  test('without pictures the worst mistakes name their files', async () => {
    const { page } = await pages.open(makeReport({ classes: 30, wrong: 0.2, pictures: false }));
    expect(await page.locator('#surest').innerText()).toContain('no pictures of them');
    expect(await page.locator('.surest .path').first().innerText()).toMatch(/test_0\.jpg$/);
    expect(await page.locator('.surest .photo').count()).toBe(0);
  });

  test('another protocol shows its own classes and intervals', async () => {
    const { page } = await pages.open(makeReport({ classes: 30, wrong: 0.2 }));
    const table = page.locator('table.classes');
    expect(await table.locator('tbody tr').count()).toBe(30);
    expect(await table.locator('.range').first().innerText()).toMatch(/^\d+\.\d–\d+\.\d.%$/);
    await table.getByRole('button', { name: 'Most often taken for' }).click();
    await page.getByLabel('Filter by name').fill('cherry');
    await page.getByLabel('Judged by').selectOption('Photographs of natural alone');
    expect(await table.locator('thead th').allInnerTexts()).toEqual([
      expect.stringContaining('Class'),
      expect.stringContaining('Recall'),
      expect.stringContaining('Tested'),
      expect.stringContaining('Precision'),
      expect.stringContaining('F1'),
    ]);
    expect(await table.locator('[aria-sort]').count()).toBe(1);
    expect(await table.locator('tbody th').allInnerTexts()).toEqual(['Cherry 1', 'Cherry 3']);
    await page.getByLabel('Filter by name').fill('');
    expect(await table.locator('tbody tr').count()).toBe(15);
    expect(await table.locator('.share-marks .figure').first().innerText()).toMatch(/^50/);
  });

  test('shares from elsewhere stand with what was wanted of them', async () => {
    const { page } = await pages.open(makeReport({ classes: 5 }));
    const judged = page.locator('#judgements');
    expect(await judged.locator('h2').innerText()).toBe('1 of 2 figures is as good as wanted');
    expect(await judged.locator('table').count()).toBe(2);
    expect(await judged.locator('.aim').allInnerTexts()).toEqual([
      'wanted at least 90\u202f%: reached',
      'wanted at least 90\u202f%: not reached',
    ]);
    const blurred = judged.locator('tr', { hasText: 'blurred' });
    expect(await blurred.locator('.figure').allInnerTexts()).toEqual(['42.0\u202f%', '100\u202f%']);
    expect(await blurred.locator('.whisker').count()).toBe(1);
    const none = await pages.open(makeReport({ classes: 5, judged: false }));
    expect(await none.page.locator('#judgements').count()).toBe(0);
  });
});

test('on paper everything is drawn, light, and on several pages', async () => {
  const { page, complaints } = await pages.open(makeReport(), { colorScheme: 'dark' });
  const pdf = await page.pdf({ preferCSSPageSize: true });
  const leaves = pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g) ?? [];
  expect(leaves.length).toBeGreaterThan(6);
  expect(leaves.length).toBeLessThan(30);
  const plots = await page.locator('.plot').count();
  expect(await page.locator('.plot:has(svg, canvas)').count()).toBe(plots);
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  expect(await page.locator('.plot:has(svg)').count()).toBe(plots);
  expect(await page.locator('.folds details:not([open])').count()).toBe(0);
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
    'rgb(246, 244, 238)',
  );
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  expect(await page.locator('.folds details:not([open])').count()).toBeGreaterThan(0);
  expect(complaints).toEqual([]);
});

test('a page that is printed before it is finished is complete', async () => {
  const { page } = await pages.open(makeReport({ classes: 5 }));
  await page.reload({ waitUntil: 'commit' });
  await page.waitForSelector('h1');
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  expect(await page.locator('footer').count()).toBe(1);
  expect(await page.locator('.plot').count()).toBe(await page.locator('.plot:has(svg)').count());
});

function isDrawn(image: Element): boolean {
  return image instanceof HTMLImageElement && image.complete && image.naturalWidth > 0;
}

function parseFigure(text: string): number {
  return Number.parseFloat(text.replace(/[^\d.]/g, ''));
}

function sorted(values: number[], direction: string | null): number[] {
  return values.toSorted((a, b) => (direction === 'descending' ? b - a : a - b));
}
