import { randomBytes } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pushAt, readRecording } from '../../src/cli/demo-replay.ts';
import type { FindingsAnswer, ServicesAnswer } from '../../src/wire/api.ts';
import { accessibilityFaults, launchChromium, overflowPx, runsChromium, watchPage } from '../support/chromium.ts';
import { removeDirectories, startServer, type TestServer } from '../support/server.ts';
import { getJson, until } from '../support/until.ts';

const SERVICE = 'simple.golang.app';

let server: TestServer;
let browser: Browser;

/** The recorded leak, pushed at once, with times as if it had gone on until now. */
async function pushLeak(): Promise<void> {
  const pushes = await readRecording();
  const startMs = Date.now() - (pushes.at(-1)?.afterMs ?? 0);
  const session = randomBytes(8).toString('hex');
  for (let i = 0; i < pushes.length; i += 16) {
    const batch = pushes.slice(i, i + 16);
    await Promise.all(
      batch.map(async (push) => {
        const { query, form } = pushAt(push, startMs + push.afterMs, session);
        const response = await fetch(`${server.url}/ingest?${query}`, { method: 'POST', body: form });
        expect(response.status).toBe(200);
      }),
    );
  }
}

async function openPage(path: string, window: { width: number; height: number; dark?: boolean }) {
  const context = await browser.newContext({
    baseURL: server.url,
    viewport: { width: window.width, height: window.height },
    colorScheme: window.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const complaints = await watchPage(page);
  await page.goto(path);
  return { page, complaints };
}

/** Path of Explore on the goroutines of the service. */
async function explorePath(): Promise<string> {
  const { services } = await getJson<ServicesAnswer>(`${server.url}/api/v1/services`);
  const types = services.find(({ name }) => name === SERVICE)?.profileTypes ?? [];
  return `/explore?service=${SERVICE}&type=${types.find((type) => type.includes(':goroutine:'))}`;
}

const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

describe.skipIf(!runsChromium)('the pages', () => {
  beforeAll(async () => {
    server = await startServer({ flags: ['--leak-min-age', '25s'] });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    removeDirectories();
  });

  test('an empty server tells how to connect, and shows the first service when it comes', {
    timeout: 120_000,
  }, async () => {
    const { page, complaints } = await openPage('/', DESK);
    await see(page, 'Point a service at this server');
    await see(page, server.url);
    expect(await accessibilityFaults(page)).toEqual([]);
    await pushLeak();
    await see(page, SERVICE);
    await until('the leak is found', 60_000, async () => {
      const { findings } = await getJson<FindingsAnswer>(`${server.url}/api/v1/findings?verdict=leak`);
      return findings[0];
    });
    await see(page, 'chan send');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('the home page names the leak, and leads to its case file', { timeout: 60_000 }, async () => {
    const { page, complaints } = await openPage('/', DESK);
    for (const text of ['longRunningTask', 'chan send', 'KiB each']) await see(page, text);
    await page.locator('main a[href*="leaks/"]').first().click();
    await page.waitForURL('**/leaks/*');
    for (const text of ['longRunningTask', 'chan send', 'KiB']) await see(page, text);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('Explore shows the table and the flame graph, and finds a function', { timeout: 60_000 }, async () => {
    const { page, complaints } = await openPage(await explorePath(), DESK);
    await page.locator('main canvas').first().waitFor();
    await page.getByLabel('Functions').getByText('main.longRunningTask').first().waitFor();
    await page.getByLabel('Find function or package').fill('longRunning');
    await page.waitForURL(/find=longRunning/);
    await page.getByLabel('Functions').getByText('main.longRunningTask').first().waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('every page is accessible in light and dark, and fits a phone', { timeout: 120_000 }, async () => {
    const { findings } = await getJson<FindingsAnswer>(`${server.url}/api/v1/findings`);
    for (const path of ['/', `/leaks/${findings[0]?.id}`, await explorePath()]) {
      for (const window of [DESK, { ...DESK, dark: true }, PHONE]) {
        const { page, complaints } = await openPage(path, window);
        await see(page, 'longRunningTask');
        await settled(page);
        expect(await accessibilityFaults(page), `${path} ${JSON.stringify(window)}`).toEqual([]);
        expect(await overflowPx(page), `${path} ${JSON.stringify(window)}`).toBeLessThanOrEqual(0);
        expect(complaints, path).toEqual([]);
        await page.context().close();
      }
    }
  });
});

/** Waits until the page says so, in whatever elements. */
async function see(page: Page, text: string): Promise<void> {
  const main = page.locator('main');
  await until(`the page says “${text}”`, 20_000, async () => (await main.textContent())?.includes(text) || undefined);
}

/** Waits until the page has nothing more to load. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
}
