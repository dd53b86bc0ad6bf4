// SPDX-License-Identifier: Apache-2.0
// Opens pages in Debian's Chromium and notes everything they should not do.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export const template = readFileSync(
  new URL('../../web/dist/report.html', import.meta.url),
  'utf8',
);

/** As the binary does it: the marker filled, with no '<' that could end the script. */
export function fillTemplate(data: unknown): string {
  const marker = '<script type="application/json" id="report-data">';
  const [before, after, more] = template.split(marker);
  if (before === undefined || after === undefined || more !== undefined) {
    throw new Error('filling the page: expected the place for the data exactly once');
  }
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return `${before}${marker}${json}${after.slice(after.indexOf('</script>'))}`;
}

export interface Opened {
  page: Page;
  /** Messages on the console, errors, and requests other than for the page itself. */
  complaints: string[];
}

export class Pages {
  private readonly folder = mkdtempSync(join(tmpdir(), 'pomona-page-'));
  private opened = 0;

  private constructor(private readonly browser: Browser) {}

  static async start(): Promise<Pages> {
    const browser = await chromium.launch({
      executablePath: process.env.POMONA_CHROMIUM ?? '/usr/bin/chromium',
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    return new Pages(browser);
  }

  async open(data: unknown, options: BrowserContextOptions = {}): Promise<Opened> {
    const file = join(this.folder, `${++this.opened}.html`);
    writeFileSync(file, fillTemplate(data));
    const address = pathToFileURL(file).href;
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 900 },
      reducedMotion: 'reduce',
      ...options,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
    page.on('request', (request) => {
      const url = request.url();
      if (url !== address && !url.startsWith('data:')) complaints.push(`request: ${url}`);
    });
    await page.goto(address);
    await page.waitForSelector('footer');
    return { page, complaints };
  }

  /** To be called after each test: pages left open slow all others down. */
  async closeAll(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context) => context.close()));
  }

  async stop(): Promise<void> {
    await this.browser.close();
    rmSync(this.folder, { recursive: true });
  }
}

/** Passes the whole page through the window, so that every plot is drawn. */
export async function scrollThrough(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (const section of document.querySelectorAll('section')) {
      section.scrollIntoView({ behavior: 'instant' });
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)));
    }
    scrollTo({ top: 0, behavior: 'instant' });
  });
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.plot')].every((plot) => plot.querySelector('svg, canvas')),
  );
}

/** What axe finds, one line each. Contrast takes most of its time. */
export async function violations(page: Page, contrast: boolean): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async (enabled) => {
    const found = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      resultTypes: ['violations'],
      rules: { 'color-contrast': { enabled } },
    });
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    );
  }, contrast);
}
